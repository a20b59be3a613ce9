/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs one case on any kernel, in guests: the runner of a session. */
#ifndef RIG_BISECT_RUNNER_H
#define RIG_BISECT_RUNNER_H

#include "bisect/session.h"
#include "run/run.h"

struct runner {
	struct run_options run; /* the runner sets kernel, cases, match, folder, seed and over */
	char *word;		/* a case's name, or a scenario file */
	const char *match;	/* glob that selects one of its cases; NULL: it has one */
	char *name, *text;	/* the case's name and scenario */
	char *dir;		/* records go to DIR/NUMBER; NULL: where 'daxrig run' puts them */
	size_t number;		/* of the last run */
	struct run_host host;
};

/*
 * Finds the case. @r->run must hold the user's options for guests. ERR_USAGE unless it is one
 * case. runner_deinit() it, also after an error.
 */
struct err *runner_init(struct runner *r, const char *word, const char *match) __must_check;
void runner_deinit(struct runner *r);

/*
 * Puts the folders of runs below @dir; the next one is @number + 1. Copies a scenario file
 * there and reads the copy, so that later changes of the file have no effect.
 */
struct err *runner_keep(struct runner *r, const char *dir, size_t number) __must_check;

/* session_runner.run; @arg is a struct runner. */
struct err *runner_run(void *arg, const char *spec,
		       bool (*over)(void *arg, const struct case_record *rec), void *over_arg,
		       char **folder) __must_check;

#endif
