/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a person sees while a run goes on: a line that is redrawn on a terminal, plain
 * lines now and then elsewhere. The caller gives the time, in nanoseconds since the
 * run began.
 */
#ifndef REPORTS_LIVE_H
#define REPORTS_LIVE_H

#include <stdio.h>

#include "reports/record/verdict.h"

#define LIVE_WINDOW 32 /* the speed is that of the last so many cases */

struct live {
	FILE *out;     /* borrowed */
	bool terminal; /* redraw one line */
	bool color;
	unsigned int width; /* columns; 0: ask the terminal before each line */
	size_t total;
	size_t counts[VERDICT_ERROR + 1];
	char **running; /* names, the first started first */
	size_t nr_running;
	uint64_t began_ns;	       /* when the first case started; UINT64_MAX: none yet */
	uint64_t ends_ns[LIVE_WINDOW]; /* of the last cases, each at its number modulo */
	bool drawn;		       /* a line stands unfinished on the terminal */
	uint64_t drawn_ns;
	uint64_t spoke_ns; /* the last plain line of counts */
	size_t spoke_done;
};

/*
 * @out is stderr for a program. It is a terminal when isatty says so and TERM is not
 * "dumb"; colours only there, and never with NO_COLOR set to something.
 */
void live_init(struct live *l, FILE *out, size_t total);

/* A case starts, "xfs/truncate-rdma"; several may run at once. */
void live_start(struct live *l, uint64_t now, const char *name);

/* A judged case, known by its name, is over; a fail and an error get a line that stays. */
void live_case(struct live *l, uint64_t now, const struct case_record *rec);

/* Time went by: call it about every 100 ms to one second. */
void live_tick(struct live *l, uint64_t now);

/* A line for the reader, which stays; @text may hold anything. */
void live_say(struct live *l, uint64_t now, const char *text);

/*
 * Takes the redrawn line away so that others can write to the terminal; the next call
 * draws it again.
 */
void live_clear(struct live *l);

/* The last line: counts, elapsed time and speed, if there were cases. Ends what live_init() began. */
void live_deinit(struct live *l, uint64_t now);

#endif
