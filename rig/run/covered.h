/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads what a run with coverage left in its folder; coverage-private.h says what that is. */
#ifndef RIG_RUN_COVERED_H
#define RIG_RUN_COVERED_H

#include "host/paths.h"
#include "reports/coverage/each.h"
#include "reports/record/run-json.h"

/* One run. */
struct covered {
	char *folder;
	struct run_summary record;
	struct coverage coverage; /* of all guests */
	struct each each;	  /* of its cases, in the plan's order; none: it was not kept */
};

/*
 * Reads the run that the user called @word, as 'report' takes it (NULL: the newest), and what each
 * case ran if @each. ERR_USAGE: it has no coverage, or nothing of the scope. covered_deinit()
 * *@out, also after an error.
 */
struct err *covered_read(const struct paths *p, const char *word, const struct scope *s, bool each,
			 struct covered *out) __must_check;

void covered_deinit(struct covered *c);

#endif
