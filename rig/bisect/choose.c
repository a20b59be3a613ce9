// SPDX-License-Identifier: GPL-2.0-only
/* Which version to run next, and when to stop. */
#include "bisect/posterior.h"

#include <math.h>

/* A run that gives fewer bits gives none: they come from rounding. */
#define BITS_MIN 1e-13

/*
 * A version that was run before is preferred if its run gives at least this share of the best
 * version's bits. In simulations this costs no extra runs, and at a rate of 0.02 it needs a
 * thirtieth of the versions.
 */
#define KNOWN_SHARE 0.7

static bool has_runs(const struct bisect_point *p)
{
	return p->shown + p->not_shown > 0;
}

/* The entropy, in bits, of an event with the probability @p. */
static double entropy(double p)
{
	return p > 0 && p < 1 ? -p * log2(p) - (1 - p) * log2(1 - p) : 0;
}

/*
 * A run of a version shows the finding with mean_rate if the culprit is this version or an
 * earlier one, else with mean_false. This holds the probability that the next run shows it,
 * and the entropy that its result would still have if the culprit were known.
 */
struct outlook {
	double shown, left;
};

static struct outlook outlook_add(struct outlook o, double mass, double rate)
{
	return (struct outlook){ o.shown + mass * rate, o.left + mass * entropy(rate) };
}

/* Moves the version up: the culprits in @share of the segment's mass are no longer after it. */
static struct outlook outlook_pass(struct outlook o, const struct bisect_segment *s, double share)
{
	o = outlook_add(o, share * s->mass, s->mean_rate);
	return outlook_add(o, -share * s->mass, s->mean_false);
}

/* How many bits the run gives about the culprit. */
static double outlook_bits(struct outlook o)
{
	return entropy(o.shown) - o.left;
}

struct choice {
	size_t version;
	double bits;
};

static void consider(const struct bisect *b, size_t version, struct outlook o, struct choice *best)
{
	double bits = outlook_bits(o);

	if (!b->skipped[version] && bits > best->bits)
		*best = (struct choice){ version, bits };
}

/*
 * Within a segment the bits are concave over the versions and @shown is linear. The bits have
 * their maximum where @shown is 1 / (1 + 2^(slope of left / slope of shown)). @at describes
 * the segment's lower end.
 */
static ptrdiff_t best_place(const struct bisect_segment *s, struct outlook at)
{
	double shown = s->mass * (s->mean_rate - s->mean_false);
	double left = s->mass * (entropy(s->mean_rate) - entropy(s->mean_false));
	double share = (1 / (1 + exp2(left / shown)) - at.shown) / shown;

	share = MIN(MAX(share, 0), 1);
	return s->lo + (ptrdiff_t)(share * (double)(s->hi - s->lo));
}

/* Considers the best place; bits fall off on both sides, so the nearest that can be run. */
static void consider_within(const struct bisect *b, const struct bisect_segment *s,
			    struct outlook at, struct choice *best)
{
	ptrdiff_t down = MAX(best_place(s, at), s->lo + 1), up = MIN(down + 1, s->hi);
	double len = (double)(s->hi - s->lo);

	while (down > s->lo + 1 && b->skipped[down])
		down--;
	while (up < s->hi && b->skipped[up])
		up++;
	consider(b, (size_t)down, outlook_pass(at, s, (double)(down - s->lo) / len), best);
	consider(b, (size_t)up, outlook_pass(at, s, (double)(up - s->lo) / len), best);
}

static struct choice best_choice(const struct bisect *b)
{
	struct choice any = { 0 }, known = { 0 };
	struct outlook at = { 0 };

	for (size_t k = 0; k <= b->n_points; k++)
		at = outlook_add(at, b->segments[k].mass, b->segments[k].mean_false);
	for (size_t k = 0; k < b->n_points; k++) {
		const struct bisect_segment *s = &b->segments[k];

		if (s->mass > 0)
			consider_within(b, s, at, &any);
		at = outlook_pass(at, s, 1);
		if (has_runs(&b->points[k]))
			consider(b, b->points[k].version, at, &known);
	}
	return known.bits > KNOWN_SHARE * any.bits ? known : any;
}

/* Can runs distinguish culprits up to the @k-th point from those above it? */
static bool point_parts(const struct bisect *b, size_t k)
{
	return !b->skipped[b->points[k].version] || has_runs(&b->points[k]);
}

/* The longest range of culprits above @lo up to @hi with only skipped versions between. */
static struct bisect_answer longest_range(const struct bisect *b, ptrdiff_t lo, ptrdiff_t hi)
{
	ptrdiff_t first = lo + 1, from = first, to = first;

	for (ptrdiff_t c = first; b->n_skipped && c <= hi; c++) {
		if (c - first > to - from) {
			from = first;
			to = c;
		}
		if (c < hi && !b->skipped[c])
			first = c + 1;
	}
	return (struct bisect_answer){ (size_t)from, (size_t)to, 0 };
}

void bisect_best(const struct bisect *b, struct bisect_answer *out)
{
	*out = (struct bisect_answer){ 0, 0, 0 };
	for (size_t k = 0; k <= b->n_points; k++) {
		ptrdiff_t lo = b->segments[k].lo;
		struct bisect_answer a;

		while (k < b->n_points && !point_parts(b, k))
			k++;
		a = longest_range(b, lo, b->segments[k].hi);
		a.probability = bisect_probability(b, a.first, a.last);
		if (a.probability > out->probability)
			*out = a;
	}
}

/*
 * The posterior alone is right on average over the prior, but at some rates it is wrong too
 * often: 4 % at a rate of 0.5 when 1 % is asked for. So each hypothesis may contribute only
 * little doubt, compared with its probability now or before any run.
 */
static bool is_doubtful(const struct bisect *b, double doubt, double now, double prior)
{
	return doubt > 2 * (1 - b->confidence) * MAX(now, prior);
}

static bool is_sure(const struct bisect *b, const struct bisect_answer *a)
{
	double doubt[BISECT_RATES] = { 0 }, all[BISECT_RATES] = { 0 };

	if (a->probability < b->confidence)
		return false;
	for (size_t k = 0; k <= b->n_points; k++) {
		const struct bisect_segment *s = &b->segments[k];
		double others = 1 - bisect_share(s, a->first, a->last);

		for (size_t i = 0; i < BISECT_RATES; i++) {
			doubt[i] += others * s->rate[i];
			all[i] += s->rate[i];
		}
		/* the same for the hypothesis that the user is wrong about an end */
		if ((k == 0 || k == b->n_points) &&
		    is_doubtful(b, others * s->mass, 0, BISECT_PRIOR_END))
			return false;
	}
	for (size_t i = 0; i < BISECT_RATES; i++)
		if (is_doubtful(b, doubt[i], all[i], bisect_rate_prior(i)))
			return false;
	return true;
}

enum bisect_state bisect_next(const struct bisect *b, size_t *version)
{
	struct bisect_answer a;
	struct choice c;

	bisect_best(b, &a);
	if (is_sure(b, &a)) {
		if (a.last == 0)
			return BISECT_GOOD_IS_BAD;
		return a.first == b->n ? BISECT_BAD_IS_GOOD : BISECT_DONE;
	}
	c = best_choice(b);
	if (c.bits < BITS_MIN)
		return BISECT_STUCK;
	*version = c.version;
	return BISECT_RUN;
}
