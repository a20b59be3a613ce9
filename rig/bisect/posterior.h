/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bisection when the finding shows only in some runs. Pure: no I/O, no clock, no random
 * numbers; the same calls give the same answers.
 *
 * Versions are 0 ... n-1, oldest first; the user says that 0 is good and n-1 bad. The
 * culprit c is the first version with the bug: versions >= c show the finding in a run with
 * an unknown rate, versions < c with an unknown rate of false positives, most likely 0. A
 * culprit is one of 0 ... n, as the user may be wrong: 0 is "even the good one shows it", n
 * "even the bad one never does". Runs are independent.
 *
 *	bisect_init(&b, n, 0.99);
 *	while (bisect_next(&b, &version) == BISECT_RUN)
 *		bisect_add(&b, version, shown) or bisect_skip(&b, version);
 *	bisect_best(&b, &answer);
 *	bisect_deinit(&b);
 *
 * The data do not distinguish culprits between two neighbouring versions that were run, so
 * the posterior is kept for such segments: with k different versions run, each call is O(k)
 * in time and memory, whatever n is. Skips cost more: a byte for each version, and
 * bisect_next() and bisect_best() may look at each of them.
 */
#ifndef RIG_BISECT_POSTERIOR_H
#define RIG_BISECT_POSTERIOR_H

#include "base/util.h"

#define BISECT_RATES 14	      /* number of the bug's rates in the grid; the last is 1 */
#define BISECT_RATE_MIN 0.01  /* the first rate; a much rarer bug is not found */
#define BISECT_PRIOR_END 0.01 /* prior probability of culprit 0, and of culprit n */

/* The results of one version's runs. */
struct bisect_point {
	size_t version;
	size_t shown;	  /* runs with the finding */
	size_t not_shown; /* complete runs without it */
};

/* Culprits from @lo + 1 to @hi, which the runs do not distinguish: all are equally likely. */
struct bisect_segment {
	ptrdiff_t lo, hi;
	double mass;		   /* probability of all of them together */
	double rate[BISECT_RATES]; /* the part of it in which the bug has the i-th rate */
	double mean_rate;	   /* the bug's expected rate if the culprit is in here */
	double mean_false;	   /* the expected rate of false positives, likewise */
};

struct bisect_grid;

/* All fields may be read; only the functions change them. */
struct bisect {
	size_t n;
	double confidence;
	struct bisect_point *points; /* sorted by version; always has 0 and n-1 */
	size_t n_points, cap_points;
	struct bisect_segment *segments; /* n_points + 1, sorted by lo; masses sum to 1 */
	double *scratch;
	struct bisect_grid *grid;
	bool *skipped; /* by version */
	size_t n_skipped;
};

enum bisect_state {
	BISECT_RUN,	    /* run the version, then add the result */
	BISECT_DONE,	    /* the culprit is known, or a range that contains it */
	BISECT_GOOD_IS_BAD, /* version 0 shows the finding too */
	BISECT_BAD_IS_GOOD, /* version n-1 never shows it */
	BISECT_STUCK,	    /* all versions whose runs would help are skipped */
};

/*
 * The culprit is one of @first ... @last. It is more than one only when all versions from
 * @first to @last - 1 are skipped: then no run can distinguish them. 0 and n have the
 * meaning given above.
 */
struct bisect_answer {
	size_t first, last;
	double probability; /* that the culprit is in this range */
};

/*
 * @n is at least 2. @confidence is above 0.5 and below 1, and limited to 0.9999.
 * bisect_deinit() it.
 */
void bisect_init(struct bisect *b, size_t n, double confidence);
void bisect_deinit(struct bisect *b);

/*
 * Adds a run of @version (< n): with the finding when @shown, else a complete run without it.
 * Do not add a run without an answer. Runs of other versions than bisect_next() asked for are
 * fine, in any order.
 */
void bisect_add(struct bisect *b, size_t version, bool shown);

/*
 * Skips @version (< n), which does not build or boot: bisect_next() does not ask for it again.
 * It may still be the culprit, and its earlier runs count.
 */
void bisect_skip(struct bisect *b, size_t version);

/*
 * Says what to do next. Sets *@version only with BISECT_RUN. No state is final: runs may be
 * added, and this may be called again.
 *
 * Chooses the version whose next run gives the most expected bits about the culprit. Prefers
 * one that was run before if it is nearly as good: it need not be built.
 */
enum bisect_state bisect_next(const struct bisect *b, size_t *version);

/* Sets @out to the likeliest answer so far. May be called at any time. */
void bisect_best(const struct bisect *b, struct bisect_answer *out);

/* The probability that the culprit is one of @first ... @last, 0 to n. */
double bisect_probability(const struct bisect *b, size_t first, size_t last);

/* The share of @s's culprits that are among @first ... @last. */
double bisect_share(const struct bisect_segment *s, size_t first, size_t last);

/* The bug's expected rate, in findings per run. For culprit n it is only the prior. */
double bisect_rate(const struct bisect *b);

/* The prior probability of the @i-th rate. */
double bisect_rate_prior(size_t i);

#endif
