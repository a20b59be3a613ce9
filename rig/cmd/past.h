/* SPDX-License-Identifier: GPL-2.0-only */
/* For commands about earlier runs: the index of the user's records, brought up to date. */
#ifndef RIG_CMD_PAST_H
#define RIG_CMD_PAST_H

#include "host/paths.h"
#include "reports/history/index.h"

struct past {
	struct paths paths;
	struct known known; /* the installed list */
	struct index *ix;
	char *runs; /* DATA/runs */
};

/* Close *@p after success and after an error. */
struct err *past_open(struct past *p) __must_check;
void past_close(struct past *p);

/*
 * Sets *@path (free() it) to the run.json of the run that @word names, as run_find() does,
 * wherever it is, and brings it into the index.
 */
struct err *past_run(struct past *p, const char *word, char **path) __must_check;

/* Prints @s to standard output as printable ASCII of one line. */
void past_text(const char *s);

#endif
