/* SPDX-License-Identifier: GPL-2.0-only */
/* The arithmetic of `make bench` and the output of its figures. Pure. */
#ifndef RIG_BENCH_STATS_H
#define RIG_BENCH_STATS_H

#include "base/buf.h"

/* A list of measured values; samples_deinit() it. */
struct samples {
	double *v;
	size_t n;
};

void samples_add(struct samples *s, double value);
void samples_deinit(struct samples *s);

/* The median; 0 without values. */
double samples_median(const struct samples *s);

/*
 * The bytes of memory that a process uses beyond the files below @folder, from the text of
 * its /proc/PID/smaps: the PSS of other mappings, and of mappings of those files only the
 * pages it wrote. 0 when @smaps is malformed.
 */
uint64_t smaps_beyond(const char *smaps, const char *folder);

struct figure {
	const char *name; /* "fork-to-first-step" */
	const char *unit; /* "times", "MiB" */
	bool measured;
	double value;
	char *text; /* what was compared, medians, runs; or why it was not measured */
};

/* Adds "NAME: VALUE UNIT (TEXT)\n" or "NAME: not measured (TEXT)\n". */
void figure_add_line(const struct figure *f, struct buf *out);

/* Adds a JSON object: @head, which is "name": value pairs, and the list "figures". */
void figures_add_json(const struct figure *v, size_t n, const char *head, struct buf *out);

/* Adds @s as a JSON string with its quotes. */
void json_add_string(const char *s, struct buf *out);

#endif
