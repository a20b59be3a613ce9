/* SPDX-License-Identifier: GPL-2.0-only */
/* A night, as the files of this folder share it. */
#ifndef RIG_NIGHT_PRIVATE_H
#define RIG_NIGHT_PRIVATE_H

#include "host/paths.h"
#include "nightly/night-state.h"
#include "nightly/night.h"
#include "reports/history/index.h"
#include "run/run.h"

struct night {
	const struct night_options *o;
	const struct night_file *file;
	struct paths paths;
	char *runs; /* DATA/runs */
	struct night_state state;
	struct run_host host;
	struct known known;
	struct index *ix;
	struct history h; /* as of the last night_look() */
	int status;
};

/* The options of a run of this night on the kernel @spec. */
struct run_options night_run_options(struct night *n, const char *spec);

/*
 * Repeats in fresh guests what of run @run of n->h fails and is not known, what ended in error,
 * and what passes now after it failed. An error of the host ends the night.
 */
struct err *night_recheck(struct night *n, uint32_t run) __must_check;

/*
 * Publishes run @run of n->h: the files beside its record, the mail, and the pages. What cannot
 * be published is told, and ends nothing.
 */
void night_publish(struct night *n, uint32_t run);

/* Prints what the night says of a run: a line of counts, then what is new. */
void night_print(const struct night *n, uint32_t run);

#endif
