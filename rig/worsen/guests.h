/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs scenarios in guests for 'daxrig worsen', several times each. */
#ifndef RIG_WORSEN_GUESTS_H
#define RIG_WORSEN_GUESTS_H

#include "run/run.h"
#include "worsen/judge.h"

struct guests {
	struct run_options run; /* kernel and guests, as the user chose them */
	const char *fs;		/* name of the filesystem of the case */
	const char *dir;	/* its files and records go there */
	unsigned int tries;	/* of each scenario */
	uint64_t deadline_ns;	/* by now_ns(): nothing begins after it */
	unsigned int number;	/* of the last run: its record is below dir/NUMBER */
	struct run_host host;
};

/* A scenario to run, and what it showed. Borrowed, but for tried. */
struct guests_try {
	const char *name; /* fit for a file */
	const char *text;
	const struct scenario *s;
	struct tried *tried;
};

/*
 * Runs @n scenarios. With @until, one of which is shown, it ends as soon as it is: RUNG_NOTHING
 * for none. Puts each into the file NAME.scn below dir/tried.
 */
struct err *guests_run(struct guests *g, const struct guests_try *v, size_t n, enum rung until)
	__must_check;

/*
 * Runs the C program of @t as user @uid. A try shows @want if the program says so at the same
 * step; only t->tried->on[rung] is counted. ERR_USAGE: the scenario cannot be told in C.
 */
struct err *guests_run_program(struct guests *g, const struct guests_try *t, unsigned int uid,
			       enum rung rung, const struct shown *want) __must_check;

/* True after the deadline. */
bool guests_late(const struct guests *g);

void guests_close(struct guests *g);

#endif
