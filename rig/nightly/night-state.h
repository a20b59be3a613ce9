/* SPDX-License-Identifier: GPL-2.0-only */
/* Which night a night file is in, and that only one process works on it. */
#ifndef RIG_NIGHT_STATE_H
#define RIG_NIGHT_STATE_H

#include <time.h>

#include "base/err.h"

struct night_state {
	char *path;   /* DATA/nights/NAME */
	char id[32];  /* "2026-11-30", "2026-11-30.2" for the second of a day */
	time_t begun; /* the budget counts from here */
	bool resumed; /* it was interrupted before */
	int fd;	      /* locked */
};

/*
 * Opens the state of the night file @file below @folder, made when missing: the night that was
 * interrupted, or a new one that begins at @now. ERR_USAGE: another process holds it.
 */
struct err *night_state_begin(const char *folder, const char *file, time_t now,
			      struct night_state *out) __must_check;

/* Marks the night as over: the next one will have another id. */
struct err *night_state_over(struct night_state *s) __must_check;

/* Lets go of it; NULL members are fine. */
void night_state_deinit(struct night_state *s);

#endif
