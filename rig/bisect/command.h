/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs 'daxrig bisect' after its command line was parsed. */
#ifndef RIG_BISECT_COMMAND_H
#define RIG_BISECT_COMMAND_H

#include "bisect/runner.h"

/* What the user asks for. Strings are borrowed; NULL: not given. */
struct bisect_question {
	const char *good, *bad;	 /* SPECs */
	const char *once;	 /* SPEC of the one run */
	const char *name, *file; /* of the case; one of them is NULL */
	const char *match, *accel;
	struct sought sought;
	double confidence;
	unsigned int max_runs, patience, tries;
	const char *const *skip;
	size_t nr_skip;
	bool restart, dry_run;
	struct run_options run; /* jobs, repeat, accel, geometry */
};

/* Bisects, prints the report, and sets @status to an enum exit_status. */
struct err *bisect_command(const struct bisect_question *q, int *status) __must_check;

/* One run for 'git bisect run': @status is 0, 1 or 125. */
struct err *bisect_once(const struct bisect_question *q, int *status) __must_check;

/* The status that makes 'git bisect run' stop. Pure. */
int bisect_once_status(const struct err *err);

#endif
