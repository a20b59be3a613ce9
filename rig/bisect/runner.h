/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs one case on any kernel, in guests: the runner of a session. */
#ifndef RIG_BISECT_RUNNER_H
#define RIG_BISECT_RUNNER_H

#include "bisect/session.h"
#include "run/run.h"

struct runner {
	struct run_options run; /* kernel, cases, match, folder, seed and over are set by it */
	char *word;		/* a case's name, or a scenario file */
	const char *match;	/* glob that leaves one of its cases; NULL: it has one */
	char *name, *text;	/* of the case, and its scenario */
	char *dir;		/* records go to DIR/NUMBER; NULL: where those of run go */
	size_t number;		/* of the last run */
	struct run_host host;
};

/*
 * Finds the case. @r->run has what the user said of guests. ERR_USAGE unless it is one case.
 * runner_deinit() it, after an error, too.
 */
struct err *runner_init(struct runner *r, const char *word, const char *match) __must_check;
void runner_deinit(struct runner *r);

/*
 * Runs have their folders below @dir, the next one being @number + 1. A scenario file is
 * copied there and read from there: what changes in it meanwhile does not count.
 */
struct err *runner_keep(struct runner *r, const char *dir, size_t number) __must_check;

/* session_runner.run; @arg is a struct runner. */
struct err *runner_run(void *arg, const char *spec,
		       bool (*over)(void *arg, const struct case_record *rec), void *over_arg,
		       char **folder) __must_check;

#endif
