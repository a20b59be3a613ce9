/* SPDX-License-Identifier: GPL-2.0-only */
/* Bisections of simulated histories: all methods get the same histories and the same luck. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "bisect/posterior.h"

#define RUNS_MAX 20000

struct candidates {
	size_t n, culprit;
	double rate, false_rate;
	uint64_t seed;
};

static uint64_t mix(uint64_t z)
{
	z += 0x9e3779b97f4a7c15ull;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

/* A pseudo-random number in [0, 1). */
static double chance(uint64_t a, uint64_t b, uint64_t c)
{
	return (double)(mix(mix(mix(a) ^ b) ^ c) >> 11) * 0x1p-53;
}

/* Makes a history whose culprit is any version but the good one. */
static struct candidates make_history(size_t n, double rate, uint64_t seed)
{
	return (struct candidates){
		.n = n,
		.culprit = 1 + (size_t)(chance(seed, n, 1) * (double)(n - 1)),
		.rate = rate,
		.seed = mix(seed),
	};
}

/* Does the @nth run of @version show the finding? The same for all methods. */
static bool run_shows(const struct candidates *h, size_t version, size_t nth)
{
	return chance(h->seed, version, nth) < (version >= h->culprit ? h->rate : h->false_rate);
}

static size_t runs_of(const struct bisect *b, size_t version)
{
	for (size_t k = 0; k < b->n_points; k++)
		if (b->points[k].version == version)
			return b->points[k].shown + b->points[k].not_shown;
	return 0;
}

static void run_once(struct bisect *b, const struct candidates *h, size_t version)
{
	bisect_add(b, version, run_shows(h, version, runs_of(b, version)));
}

static void check_sane(const struct bisect *b)
{
	double sum = 0;

	for (size_t k = 0; k <= b->n_points; k++) {
		const struct bisect_segment *s = &b->segments[k];
		double rates = 0;

		for (size_t i = 0; i < BISECT_RATES; i++) {
			assert_true(isfinite(s->rate[i]) && s->rate[i] >= 0);
			rates += s->rate[i];
		}
		assert_true(isfinite(s->mass) && fabs(rates - s->mass) < 1e-9);
		assert_true(s->mean_rate >= 0 && s->mean_rate <= 1);
		assert_true(s->mean_false >= 0 && s->mean_false <= 1);
		assert_int_equal(s->lo, k ? b->segments[k - 1].hi : -1);
		sum += s->mass;
	}
	assert_int_equal(b->segments[b->n_points].hi, b->n);
	assert_true(fabs(sum - 1) < 1e-9);
}

/* Runs the versions that bisect_next() asks for, to the end. */
static enum bisect_state follow(struct bisect *b, const struct candidates *h, size_t *runs)
{
	enum bisect_state state;
	size_t version;

	for (*runs = 0; (state = bisect_next(b, &version)) == BISECT_RUN; ++*runs) {
		assert_true(version < h->n && !b->skipped[version] && *runs < RUNS_MAX);
		run_once(b, h, version);
	}
	return state;
}

/* The results of one method on some histories. */
struct tally {
	double histories, right, runs, versions;
};

static void tally_ours(struct tally *t, const struct candidates *h, double confidence)
{
	struct bisect_answer a;
	struct bisect b;
	size_t runs;

	bisect_init(&b, h->n, confidence);
	enum bisect_state state = follow(&b, h, &runs);
	check_sane(&b);
	bisect_best(&b, &a);
	if (state == BISECT_DONE) {
		assert_true(a.probability >= b.confidence && a.probability <= 1 + 1e-9);
		assert_int_equal(a.first, a.last);
	}
	t->histories++;
	t->right += state == BISECT_DONE && a.first == h->culprit;
	t->runs += (double)runs;
	for (size_t k = 0; k < b.n_points; k++)
		t->versions += b.points[k].shown + b.points[k].not_shown > 0;
	bisect_deinit(&b);
}

/* `git bisect run` with a script that calls a commit good after @tries runs without the finding. */
static void tally_plain(struct tally *t, const struct candidates *h, size_t tries)
{
	size_t good = 0, bad = h->n - 1;

	while (bad - good > 1) {
		size_t middle = good + (bad - good) / 2, nth = 0;
		bool shown = false;

		while (!shown && nth < tries)
			shown = run_shows(h, middle, nth++);
		*(shown ? &bad : &good) = middle;
		t->runs += (double)nth;
	}
	t->histories++;
	t->right += bad == h->culprit;
}

static double share_of(const struct tally *t)
{
	return t->right / t->histories;
}

/* The most wrong answers of @n at an error rate @p: three standard deviations above the mean. */
static double wrong_max(double n, double p)
{
	return n * p + 3 * sqrt(n * p * (1 - p));
}

static const size_t lengths[] = { 10, 100, 1000, 10000 };
static const size_t tries[] = { 1, 5, 20 };

/* Over all lengths, compared with plain bisection with 1, 5 and 20 tries. */
static const struct {
	double rate;
	size_t histories;		      /* of each length */
	double more_right[ARRAY_SIZE(tries)]; /* at least, as a share */
	double runs;			      /* at most, for one of 20 tries */
} rates[] = {
	{ 0.02, 20, { 0.9, 0.9, 0.8 }, 17 },	  { 0.1, 50, { 0.8, 0.7, 0.2 }, 4.5 },
	{ 0.3, 150, { 0.7, 0.3, -0.02 }, 1.3 },	  { 0.5, 600, { 0.6, 0.05, -0.02 }, 0.75 },
	{ 0.7, 300, { 0.5, -0.02, -0.02 }, 0.5 }, { 1, 300, { 0, 0, 0 }, 0.2 },
};

static void print_row(size_t n, double rate, const struct tally *ours, const struct tally *plain)
{
	print_message("%6zu %5.2f %6.1f %7.1f %6.1f    ", n, rate, 100 * share_of(ours),
		      ours->runs / ours->histories, ours->versions / ours->histories);
	for (size_t i = 0; i < ARRAY_SIZE(tries); i++)
		print_message(" %6.1f %7.1f", 100 * share_of(&plain[i]),
			      plain[i].runs / plain[i].histories);
	print_message("\n");
}

static void check_right(const struct tally *t)
{
	assert_true(t->histories - t->right <= wrong_max(t->histories, 0.01));
}

static void check_runs(const struct tally *ours, size_t n, double rate)
{
	double bits = log2((double)n), runs = ours->runs / ours->histories;

	assert_true(runs <= 3.5 * (bits + 7) / rate);
	assert_true(ours->versions / ours->histories <= 2 * bits + 4);
	if (rate == 1)
		assert_true(runs <= 1.3 * bits + 5.5);
}

static void tally_length(size_t r, size_t n, struct tally *ours, struct tally *plain)
{
	for (size_t i = 0; i < rates[r].histories; i++) {
		struct candidates h = make_history(n, rates[r].rate, i);

		tally_ours(ours, &h, 0.99);
		for (size_t t = 0; t < ARRAY_SIZE(tries); t++)
			tally_plain(&plain[t], &h, tries[t]);
	}
	print_row(n, rates[r].rate, ours, plain);
	check_right(ours);
	check_runs(ours, n, rates[r].rate);
}

static void tally_join(struct tally *all, const struct tally *t)
{
	all->histories += t->histories;
	all->right += t->right;
	all->runs += t->runs;
}

static void test_table(void **state)
{
	(void)state;
	print_message("length  rate right%%    runs vers.    plain: 1 try        5 tries       "
		      "20 tries\n");
	for (size_t r = 0; r < ARRAY_SIZE(rates); r++) {
		struct tally all = { 0 }, all_plain[ARRAY_SIZE(tries)] = { 0 };

		for (size_t l = 0; l < ARRAY_SIZE(lengths); l++) {
			struct tally ours = { 0 }, plain[ARRAY_SIZE(tries)] = { 0 };

			tally_length(r, lengths[l], &ours, plain);
			tally_join(&all, &ours);
			for (size_t t = 0; t < ARRAY_SIZE(tries); t++)
				tally_join(&all_plain[t], &plain[t]);
		}
		check_right(&all);
		for (size_t t = 0; t < ARRAY_SIZE(tries); t++)
			assert_true(share_of(&all) - share_of(&all_plain[t]) >=
				    rates[r].more_right[t]);
		assert_true(all.runs <= rates[r].runs * all_plain[2].runs);
	}
}

static void test_confidence(void **state)
{
	static const double confidences[] = { 0.8, 0.9, 0.99, 1 };
	double runs = 0;

	(void)state;
	for (size_t c = 0; c < ARRAY_SIZE(confidences); c++) {
		struct tally t = { 0 };

		for (size_t i = 0; i < 200; i++) {
			struct candidates h = make_history(100, 0.5, i);

			tally_ours(&t, &h, confidences[c]);
		}
		assert_true(t.histories - t.right <= wrong_max(t.histories, 1 - confidences[c]));
		assert_true(t.runs > 1.1 * runs);
		runs = t.runs;
	}
}

/* How many of @times bisections end in @want. */
static size_t count_ends(struct candidates h, size_t times, enum bisect_state want)
{
	size_t hits = 0, runs;

	for (size_t i = 0; i < times; i++) {
		struct bisect_answer a;
		struct bisect b;

		h.seed = mix(i);
		bisect_init(&b, h.n, 0.99);
		enum bisect_state end = follow(&b, &h, &runs);
		bisect_best(&b, &a);
		hits += end == want && a.first == h.culprit && a.last == h.culprit;
		check_sane(&b);
		bisect_deinit(&b);
	}
	return hits;
}

static void test_wrong_claims(void **state)
{
	static const struct {
		struct candidates h;
		size_t times, least;
		enum bisect_state want;
	} cases[] = {
		{ { 100, 0, 1, 0, 0 }, 1, 1, BISECT_GOOD_IS_BAD },
		{ { 100, 0, 0.3, 0, 0 }, 40, 39, BISECT_GOOD_IS_BAD },
		{ { 1000, 0, 0.02, 0, 0 }, 10, 9, BISECT_GOOD_IS_BAD },
		{ { 10, 0, 0.3, 0, 0 }, 200, 194, BISECT_GOOD_IS_BAD },
		{ { 4, 0, 0.5, 0, 0 }, 300, 291, BISECT_GOOD_IS_BAD },
		{ { 100, 100, 0, 0, 0 }, 1, 1, BISECT_BAD_IS_GOOD },
		{ { 10000, 10000, 0, 0, 0 }, 1, 1, BISECT_BAD_IS_GOOD },
		{ { 2, 1, 1, 0, 0 }, 1, 1, BISECT_DONE },
		/* false positives */
		{ { 1000, 321, 0.3, 0.02, 0 }, 60, 55, BISECT_DONE },
		{ { 1000, 321, 0.7, 0.02, 0 }, 100, 96, BISECT_DONE },
		{ { 1000, 1, 1, 0.02, 0 }, 100, 98, BISECT_DONE },
		{ { 1000, 600, 1, 0.1, 0 }, 100, 95, BISECT_DONE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_in_range(count_ends(cases[i].h, cases[i].times, cases[i].want),
				cases[i].least, cases[i].times);
}

/* Checks that first ... last-1 are skipped and their neighbours run, with the culprit in range. */
static void check_range(const struct bisect *b, const struct bisect_answer *a, size_t culprit)
{
	assert_in_range(culprit, a->first, a->last);
	for (size_t v = a->first; v < a->last; v++)
		assert_true(b->skipped[v]);
	assert_true(a->first == 0 || runs_of(b, a->first - 1) > 0);
	assert_true(a->last == b->n || runs_of(b, a->last) > 0);
}

/* @from ... @to are skipped: at the beginning (@early), or when they are asked for. */
static void test_skipped_range(void **state)
{
	static const struct {
		size_t n, culprit, from, to, first, last;
		enum bisect_state want;
	} cases[] = {
		{ 100, 50, 10, 20, 50, 50, BISECT_DONE },
		{ 100, 50, 45, 49, 45, 50, BISECT_DONE },
		{ 100, 50, 50, 55, 50, 56, BISECT_DONE },
		{ 100, 50, 40, 60, 40, 61, BISECT_DONE },
		{ 100, 50, 1, 98, 1, 99, BISECT_DONE },
		{ 100, 1, 0, 0, 0, 1, BISECT_DONE },
		{ 100, 99, 98, 99, 98, 100, BISECT_DONE },
		{ 100, 100, 99, 99, 99, 100, BISECT_DONE },
		{ 100, 0, 0, 1, 0, 2, BISECT_DONE },
		{ 100, 0, 1, 98, 0, 0, BISECT_GOOD_IS_BAD },
		{ 100, 100, 1, 98, 100, 100, BISECT_BAD_IS_GOOD },
	};

	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(cases); i++) {
		size_t c = i / 2, version, steps = 0;
		bool early = i % 2;
		struct candidates h = { cases[c].n, cases[c].culprit, 1, 0, 5 };
		enum bisect_state end;
		struct bisect_answer a;
		struct bisect b;

		bisect_init(&b, h.n, 0.99);
		for (size_t v = cases[c].from; early && v <= cases[c].to; v++)
			bisect_skip(&b, v);
		while ((end = bisect_next(&b, &version)) == BISECT_RUN && steps++ < RUNS_MAX) {
			assert_false(b.skipped[version]);
			if (version >= cases[c].from && version <= cases[c].to)
				bisect_skip(&b, version);
			else
				run_once(&b, &h, version);
		}
		bisect_best(&b, &a);
		assert_int_equal(end, cases[c].want);
		assert_int_equal(a.first, cases[c].first);
		assert_int_equal(a.last, cases[c].last);
		assert_true(a.probability >= 0.99);
		bisect_deinit(&b);
	}
}

static void test_skipped_any(void **state)
{
	(void)state;
	for (size_t i = 0; i < 200; i++) {
		struct candidates h = make_history(i % 2 ? 300 : 30, 0.8, i);
		struct bisect_answer a;
		struct bisect b;
		size_t runs;

		bisect_init(&b, h.n, 0.9999);
		for (size_t v = 1; v < h.n - 1; v++)
			if (chance(h.seed, v, 12345) < (double)(i % 10) / 10)
				bisect_skip(&b, v);
		assert_int_equal(follow(&b, &h, &runs), BISECT_DONE);
		bisect_best(&b, &a);
		check_range(&b, &a, h.culprit);
		bisect_deinit(&b);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),	     cmocka_unit_test(test_confidence),
		cmocka_unit_test(test_wrong_claims), cmocka_unit_test(test_skipped_range),
		cmocka_unit_test(test_skipped_any),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
