/* SPDX-License-Identifier: GPL-2.0-only */
/* The posterior and the choice, compared with a direct computation by Bayes and Shannon. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "bisect/posterior.h"

#define N 12

/* The number of runs of each of N versions that showed the finding, and that did not. */
struct data {
	size_t shown[N], not_shown[N];
};

static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

/* Makes some runs with a culprit and a rate, and with rare false positives. */
static struct data make_data(uint64_t seed)
{
	size_t culprit = next_random(&seed) % (N + 1), percent = 5 + next_random(&seed) % 96;
	size_t runs = next_random(&seed) % 30;
	struct data d = { 0 };

	while (runs--) {
		size_t v = next_random(&seed) % N, dice = next_random(&seed) % 100;
		bool shown = dice < (v >= culprit ? percent : 2);

		d.shown[v] += shown;
		d.not_shown[v] += !shown;
	}
	return d;
}

static void load(struct bisect *b, const struct data *d, bool backwards)
{
	bisect_init(b, N, 0.99);
	for (size_t i = 0; i < N; i++) {
		size_t v = backwards ? N - 1 - i : i;

		for (size_t j = 0; j < d->shown[v]; j++)
			bisect_add(b, v, true);
		for (size_t j = 0; j < d->not_shown[v]; j++)
			bisect_add(b, v, false);
	}
}

static double rate_at(size_t i)
{
	return pow(BISECT_RATE_MIN, 1 - (double)i / (BISECT_RATES - 1));
}

static const struct bisect_segment *segment_of(const struct bisect *b, size_t culprit)
{
	size_t k = 0;

	while (b->segments[k].hi < (ptrdiff_t)culprit)
		k++;
	return &b->segments[k];
}

/* The probability that the next run of @v shows the finding if the culprit is @culprit. */
static double chance_of(const struct bisect *b, size_t culprit, size_t v)
{
	const struct bisect_segment *s = segment_of(b, culprit);

	return culprit <= v ? s->mean_rate : s->mean_false;
}

/* Computes the culprits' probabilities after a run of @v with that outcome; returns its own. */
static double foresee(const struct bisect *b, size_t v, bool shown, double p[N + 1])
{
	double sum = 0;

	for (size_t c = 0; c <= N; c++) {
		double r = chance_of(b, c, v);

		p[c] = bisect_probability(b, c, c) * (shown ? r : 1 - r);
		sum += p[c];
	}
	for (size_t c = 0; c <= N; c++)
		p[c] = sum > 0 ? p[c] / sum : 0;
	return sum;
}

static double entropy(const double p[N + 1])
{
	double sum = 0;

	for (size_t c = 0; c <= N; c++)
		sum -= p[c] > 0 ? p[c] * log2(p[c]) : 0;
	return sum;
}

/* The bits that the next run of @v gives about the culprit. */
static double bits_of(const struct bisect *b, size_t v)
{
	double now[N + 1], then[N + 1], bits;

	for (size_t c = 0; c <= N; c++)
		now[c] = bisect_probability(b, c, c);
	bits = entropy(now);
	for (int shown = 0; shown < 2; shown++) {
		double p = foresee(b, v, shown, then);

		bits -= p * entropy(then);
	}
	return bits;
}

/* Before any run the user is probably right about both ends; all culprits between are equal. */
static void test_prior(void **state)
{
	double sum = 0, mean = 0;
	struct bisect b;

	(void)state;
	bisect_init(&b, N, 0.99);
	assert_true(fabs(bisect_probability(&b, 0, 0) - BISECT_PRIOR_END) < 1e-9);
	assert_true(fabs(bisect_probability(&b, N, N) - BISECT_PRIOR_END) < 1e-9);
	for (size_t c = 1; c < N; c++)
		assert_true(fabs(bisect_probability(&b, c, c) -
				 (1 - 2 * BISECT_PRIOR_END) / (N - 1)) < 1e-9);
	for (size_t i = 0; i < BISECT_RATES; i++) {
		sum += bisect_rate_prior(i);
		mean += bisect_rate_prior(i) * rate_at(i);
	}
	assert_true(fabs(sum - 1) < 1e-9);
	assert_true(fabs(bisect_rate(&b) - mean) < 1e-9);
	bisect_deinit(&b);
}

/* Checks the rates for culprit 0: then each run is one with the bug. */
static void check_rates(const struct bisect *b, const struct data *d)
{
	double shown = 0, not_shown = 0, w[BISECT_RATES], sum = 0;

	for (size_t v = 0; v < N; v++) {
		shown += (double)d->shown[v];
		not_shown += (double)d->not_shown[v];
	}
	for (size_t i = 0; i < BISECT_RATES; i++) {
		w[i] = bisect_rate_prior(i) * pow(rate_at(i), shown) *
		       pow(1 - rate_at(i), not_shown);
		sum += w[i];
	}
	/* not exact where the mass is tiny */
	for (size_t i = 0; i < BISECT_RATES && b->segments[0].mass > 1e-12; i++)
		assert_true(fabs(b->segments[0].rate[i] / b->segments[0].mass - w[i] / sum) < 1e-9);
}

/* Adding a run of either outcome gives the predicted posterior; the order does not matter. */
static void test_bayes(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 200; seed++) {
		struct data d = make_data(seed);
		uint64_t dice = ~seed;
		size_t v = next_random(&dice) % N;
		struct bisect b;

		load(&b, &d, false);
		check_rates(&b, &d);
		bisect_deinit(&b);
		for (int shown = 0; shown < 2; shown++) {
			struct data more = d;
			double p[N + 1];

			load(&b, &d, false);
			foresee(&b, v, shown, p);
			bisect_deinit(&b);
			*(shown ? &more.shown[v] : &more.not_shown[v]) += 1;
			load(&b, &more, true);
			for (size_t c = 0; c <= N; c++)
				assert_true(fabs(bisect_probability(&b, c, c) - p[c]) < 1e-9);
			bisect_deinit(&b);
		}
	}
}

/* The chosen version gives the most bits, or has runs already and gives nearly as many. */
static void test_choice(void **state)
{
	size_t asked = 0, known = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 400; seed++) {
		struct data d = make_data(seed);
		uint64_t dice = ~seed;
		double most = 0;
		struct bisect b;
		size_t version;

		load(&b, &d, false);
		for (size_t v = 0; v < N; v++) {
			if (next_random(&dice) % 4 == 0)
				bisect_skip(&b, v);
			else
				most = fmax(most, bits_of(&b, v));
		}
		if (bisect_next(&b, &version) == BISECT_RUN) {
			double bits = bits_of(&b, version);

			if (d.shown[version] + d.not_shown[version])
				assert_true(bits > 0.7 * most - 1e-9);
			else
				assert_true(bits > most - 1e-9);
			known += bits < most - 1e-9;
			asked++;
		}
		bisect_deinit(&b);
	}
	assert_true(asked > 50 && known > 5);
}

/* When no run shows the finding, it soon runs the bad version: is it bad at all? */
static void test_misses(void **state)
{
	static const size_t lengths[] = { 3, 10, 1000, 100000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		size_t n = lengths[i], first = n, version = 0, runs = 0;
		struct bisect b;

		bisect_init(&b, n, 0.99);
		while (version != n - 1) {
			assert_int_equal(bisect_next(&b, &version), BISECT_RUN);
			bisect_add(&b, version, false);
			if (!runs++)
				first = version;
		}
		assert_true(runs <= 5);
		assert_true(first >= n / 3 && first <= 2 * n / 3);
		bisect_deinit(&b);
	}
}

/* With any number of runs, and with contradictory ones, weights stay finite. */
static void test_extremes(void **state)
{
	static const struct {
		size_t version, shown, not_shown;
	} cases[][3] = {
		{ { 0, 5000, 0 }, { 50, 0, 5000 }, { 99, 0, 5000 } },
		{ { 0, 5000, 5000 }, { 50, 5000, 5000 }, { 99, 5000, 5000 } },
		{ { 0, 0, 5000 }, { 50, 0, 5000 }, { 99, 1, 5000 } },
		{ { 0, 1, 0 }, { 50, 0, 9000 }, { 99, 9000, 1 } },
		{ { 98, 1, 0 }, { 50, 0, 9000 }, { 99, 0, 9000 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		double sum = 0;
		struct bisect b;
		size_t version;

		bisect_init(&b, 100, 0.99);
		for (size_t j = 0; j < ARRAY_SIZE(cases[i]); j++) {
			for (size_t r = 0; r < cases[i][j].shown; r++)
				bisect_add(&b, cases[i][j].version, true);
			for (size_t r = 0; r < cases[i][j].not_shown; r++)
				bisect_add(&b, cases[i][j].version, false);
		}
		for (size_t k = 0; k <= b.n_points; k++) {
			const struct bisect_segment *s = &b.segments[k];

			for (size_t r = 0; r < BISECT_RATES; r++)
				assert_true(isfinite(s->rate[r]) && s->rate[r] >= 0);
			assert_true(s->mean_rate >= 0 && s->mean_rate <= 1);
			assert_true(s->mean_false >= 0 && s->mean_false <= 1);
			sum += s->mass;
		}
		assert_true(fabs(sum - 1) < 1e-9);
		(void)bisect_next(&b, &version);
		bisect_deinit(&b);
	}
}

/*
 * The answer is right as often as its probability says, at any time: here with histories drawn
 * from the prior, without false positives, after a fixed number of runs.
 */
static void test_calibrated(void **state)
{
	static const size_t moments[] = { 5, 10, 20, 40 };

	(void)state;
	for (size_t m = 0; m < ARRAY_SIZE(moments); m++) {
		double said = 0, right = 0;
		size_t times = 2000;
		uint64_t dice = m;

		for (size_t t = 0; t < times; t++) {
			size_t culprit = 1 + next_random(&dice) % 19, version, i = BISECT_RATES - 1;
			struct bisect_answer a;
			struct bisect b;

			if (next_random(&dice) % 2)
				i = next_random(&dice) % i;
			bisect_init(&b, 20, 0.9999);
			for (size_t r = 0; r < moments[m]; r++) {
				double u = (double)(next_random(&dice) >> 11) * 0x1p-53;

				if (bisect_next(&b, &version) != BISECT_RUN)
					break;
				bisect_add(&b, version, version >= culprit && u < rate_at(i));
			}
			bisect_best(&b, &a);
			said += a.probability;
			right += a.first == culprit;
			bisect_deinit(&b);
		}
		assert_true(fabs(said - right) / (double)times < 0.03);
	}
}

/* No version is left to run; then a run is added that bisect_next() did not ask for. */
static void test_stuck(void **state)
{
	struct bisect_answer a;
	size_t version = 77;
	struct bisect b;

	(void)state;
	bisect_init(&b, 10, 0.99);
	bisect_add(&b, 4, false);
	for (size_t v = 0; v < 10; v++)
		bisect_skip(&b, v);
	assert_int_equal(bisect_next(&b, &version), BISECT_STUCK);
	assert_int_equal(version, 77);
	bisect_best(&b, &a);
	assert_int_equal(a.first, 5);
	assert_int_equal(a.last, 10);
	assert_true(a.probability < 0.99);
	for (int i = 0; i < 10; i++)
		bisect_add(&b, 4, false);
	for (int i = 0; i < 3; i++)
		bisect_add(&b, 5, true);
	assert_int_equal(bisect_next(&b, &version), BISECT_DONE);
	bisect_best(&b, &a);
	assert_int_equal(a.first, 5);
	assert_int_equal(a.last, 5);
	bisect_deinit(&b);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prior),	 cmocka_unit_test(test_bayes),
		cmocka_unit_test(test_choice),	 cmocka_unit_test(test_misses),
		cmocka_unit_test(test_extremes), cmocka_unit_test(test_calibrated),
		cmocka_unit_test(test_stuck),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
