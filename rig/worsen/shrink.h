/* SPDX-License-Identifier: GPL-2.0-only */
/* Takes away from a scenario what it does not need to show what it shows. Pure. */
#ifndef RIG_WORSEN_SHRINK_H
#define RIG_WORSEN_SHRINK_H

#include "base/err.h"
#include "base/util.h"

struct shrink_runner {
	/* Sets *@shown: does @text still show it? An error ends the shrinking. */
	struct err *(*shows)(void *arg, const char *text, bool *shown);
	/* True when no time is left. */
	bool (*late)(void *arg);
	void *arg;
};

#define SHRINK_RUNS_MAX 100

struct shrunk {
	char *text;	   /* free() it */
	unsigned int runs; /* how often it was asked */
	bool whole; /* each line that is left is needed; false: there was no time to find out */
};

/*
 * Takes away lines of @text, the last first: half of them at once, then fewer, and one at a time
 * again until all that are left are needed. A line that the language or the model does not let go is needed. @out->text is set
 * after an error, too.
 */
struct err *shrink(const struct shrink_runner *run, const char *text, struct shrunk *out)
	__must_check;

#endif
