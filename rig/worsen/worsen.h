/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds out what a failing case leads to. */
#ifndef RIG_WORSEN_WORSEN_H
#define RIG_WORSEN_WORSEN_H

#include "worsen/guests.h"
#include "worsen/ladder.h"

struct worsen {
	struct guests guests;
	const char *file; /* the name of the case, fit for a file */
	const struct progress *say;
	struct attempts attempts; /* made already */
	struct ladder ladder;	  /* filled in; name and kernel set already */
};

/*
 * Runs all attempts, takes away what each rung does not need, writes that into files below
 * w->guests.dir, and looks where else the worst one is seen. ERR_USAGE: the case does not fail.
 */
struct err *worsen_run(struct worsen *w) __must_check;

#endif
