/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bisection when the finding shows only now and then. Pure: no I/O, no clock, no chance;
 * the same calls give the same answers.
 *
 * Versions are 0 ... n-1, oldest first; the user says that 0 is good and n-1 bad. The
 * culprit c is the first version with the bug: versions >= c show the finding in a run with
 * an unknown rate, versions < c with an unknown rate of false positives, most likely 0. A
 * culprit is one of 0 ... n, as the user may be wrong: 0 is "even the good one shows it", n
 * "even the bad one never does". Each run stands for itself.
 *
 *	bisect_init(&b, n, 0.99);
 *	while (bisect_next(&b, &version) == BISECT_RUN)
 *		bisect_add(&b, version, shown) or bisect_skip(&b, version);
 *	bisect_best(&b, &answer);
 *	bisect_deinit(&b);
 *
 * Culprits between two versions that were run are all alike to the data, so the posterior
 * is kept by such segments: with k different versions run, each call is O(k) in time and
 * memory, whatever n is. Skips cost more: a byte for each version, and bisect_next() and
 * bisect_best() may look at each of them.
 */
#ifndef RIG_BISECT_POSTERIOR_H
#define RIG_BISECT_POSTERIOR_H

#include "base/util.h"

#define BISECT_RATES 14	      /* the bug's rates that are told apart, the last is 1 */
#define BISECT_RATE_MIN 0.01  /* the first; a bug much rarer than it is not found */
#define BISECT_PRIOR_END 0.01 /* probability before any run of culprit 0; of n */

/* What the runs of one version said. */
struct bisect_point {
	size_t version;
	size_t shown;	  /* runs with the finding */
	size_t not_shown; /* runs to the end without it */
};

/* Culprits that the runs did not tell apart, above @lo up to @hi: all are as likely. */
struct bisect_segment {
	ptrdiff_t lo, hi;
	double mass;		   /* probability of all of them together */
	double rate[BISECT_RATES]; /* its part with the bug's rate being the i-th */
	double mean_rate;	   /* the bug's, expected if the culprit is in here */
	double mean_false;	   /* of false positives, likewise */
};

struct bisect_grid;

/* Read what you like; the functions change it. */
struct bisect {
	size_t n;
	double confidence;
	struct bisect_point *points; /* by version; 0 and n-1 always */
	size_t n_points, cap_points;
	struct bisect_segment *segments; /* n_points + 1 of them, by lo; mass adds up to 1 */
	double *scratch;
	struct bisect_grid *grid;
	bool *skipped; /* n of them */
	size_t n_skipped;
};

enum bisect_state {
	BISECT_RUN,	    /* run the version, then tell */
	BISECT_DONE,	    /* the culprit is known, or neighbours of which it is one */
	BISECT_GOOD_IS_BAD, /* version 0 shows the finding, too */
	BISECT_BAD_IS_GOOD, /* version n-1 never shows it */
	BISECT_STUCK,	    /* what could tell more is skipped */
};

/*
 * The culprit is one of @first ... @last. These are more than one only where all versions
 * from @first to @last - 1 are skipped: nothing can tell them apart. 0 and n among them
 * mean what they mean alone, above.
 */
struct bisect_answer {
	size_t first, last;
	double probability; /* of that */
};

/*
 * @n is 2 or more. @confidence is above 0.5 and below 1; more than 0.9999 is taken for that.
 * bisect_deinit() it.
 */
void bisect_init(struct bisect *b, size_t n, double confidence);
void bisect_deinit(struct bisect *b);

/*
 * A run of @version (< n) ended, with the named finding or without; one that says neither
 * is not added. Runs that were not asked for are welcome, in any order.
 */
void bisect_add(struct bisect *b, size_t version, bool shown);

/*
 * @version (< n) does not build or boot: it is not asked for again. It may be the culprit
 * still, and what its runs said before counts.
 */
void bisect_skip(struct bisect *b, size_t version);

/*
 * What to do now; BISECT_RUN sets @version, nothing else does. Other states are not final:
 * runs may be added, and it can be asked again.
 *
 * The version is the one of whose next run most is expected, in bits about the culprit. One
 * that was run before is taken if it is nearly as good: it need not be built.
 */
enum bisect_state bisect_next(const struct bisect *b, size_t *version);

/* The likeliest answer so far, at any time. */
void bisect_best(const struct bisect *b, struct bisect_answer *out);

/* The probability that the culprit is one of @first ... @last, 0 to n. */
double bisect_probability(const struct bisect *b, size_t first, size_t last);

/* The part of the culprits of @s that is among @first ... @last. */
double bisect_share(const struct bisect_segment *s, size_t first, size_t last);

/* The bug's rate that is expected, findings a run; no more than the prior for culprit n. */
double bisect_rate(const struct bisect *b);

/* The probability, before any run, of the @i-th rate. */
double bisect_rate_prior(size_t i);

#endif
