/* SPDX-License-Identifier: GPL-2.0-only */
/* The arithmetic of `make bench` and how its figures are written. Pure. */
#ifndef RIG_BENCH_STATS_H
#define RIG_BENCH_STATS_H

#include "base/buf.h"

/* Values of one kind; samples_deinit() it. */
struct samples {
	double *v;
	size_t n;
};

void samples_add(struct samples *s, double value);
void samples_deinit(struct samples *s);

/* The middle one, or the mean of the two in the middle; 0 when there is none. */
double samples_median(const struct samples *s);

/*
 * Bytes of memory that a process adds to the files below @folder, from the text of its
 * /proc/PID/smaps: its share (PSS) of everything, and of mappings of those files only
 * what it wrote. 0 when @smaps is none.
 */
uint64_t smaps_beyond(const char *smaps, const char *folder);

struct figure {
	const char *name; /* "fork-to-first-step" */
	const char *unit; /* "times", "MiB" */
	bool measured;
	double value;
	char *text; /* what was compared, medians, runs; else why not */
};

/* "NAME: VALUE UNIT (TEXT)\n" or "NAME: not measured (TEXT)\n" */
void figure_add_line(const struct figure *f, struct buf *out);

/* A JSON object of @head, itself "name": value pairs, and the list "figures". */
void figures_add_json(const struct figure *v, size_t n, const char *head, struct buf *out);

/* @s between quotes, as JSON has it. */
void json_add_string(const char *s, struct buf *out);

#endif
