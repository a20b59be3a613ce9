/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What each case of a run ran of the functions of a coverage, and which few cases run all of it.
 * The bytes of all functions are numbered in the order of the coverage: struct each_case has a bit
 * for each.
 */
#ifndef REPORTS_COVERAGE_EACH_H
#define REPORTS_COVERAGE_EACH_H

#include "reports/coverage/coverage.h"

struct each_case {
	char *name; /* printable ASCII */
	uint8_t *bits;
	size_t ran; /* bits set */
	/* of the caller, for each_choose() */
	uint64_t ns;	 /* what the case takes */
	const char *why; /* it is chosen for this reason, borrowed; NULL: for what it runs alone */
	bool barred;	 /* it is not chosen */
};

struct each {
	struct each_case *v;
	size_t n;
	size_t bytes; /* of all functions */
};

/* The functions of the guests of one filesystem, by which their maps are read; borrowed. */
struct each_place {
	const char *fs;
	const struct coverage *functions;
};

/*
 * Adds the case of @text, a file coverage/each/N of a run: "FS NAME", a newline and the runs of
 * base/code-runs.h. Its functions are those of @places (fs NULL after the last), whose bytes have
 * their numbers by @all, which must not change. ERR_INFRA: it is damaged, or of another filesystem.
 */
struct err *each_add(struct each *e, const struct coverage *all, const struct each_place *places,
		     const struct buf *text) __must_check;

void each_deinit(struct each *e);

/* each-print.c: a line for each case that ran any: how much, and what none before it ran. */
void each_print(const struct each *e);

/*
 * Chooses cases that together ran all that all of them ran (but for those barred): first those
 * with a reason, then always the one that adds most for its time. Prints lines of a plan, each with
 * its reason, and returns their number.
 */
size_t each_choose(const struct each *e, const struct coverage *all);

#endif
