/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds file, line and inlined functions of the frames of a report; prints the report. */
#ifndef REPORTS_SPLAT_PLACES_H
#define REPORTS_SPLAT_PLACES_H

#include <stdio.h>

#include "reports/splat/splat.h"
#include "reports/symbols/symbols.h"

/* One function of a frame; the innermost first. */
struct splat_place {
	char *function;
	char *file;	   /* NULL: not known */
	unsigned int line; /* 0: not known */
	bool inlined;	   /* into the next */
};

struct splat_frame_places {
	struct splat_place *v;
	size_t n;
	char *problem; /* why no place was found; NULL: one was */
};

/* The places of all frames of a report, in their order. */
struct splat_places {
	struct splat_frame_places *v;
	size_t n;
};

/* Looks up all frames of @splat; splat_places_deinit() *@out. */
void splat_places_find(struct symbols *symbols, const struct splat *splat,
		       struct splat_places *out);
void splat_places_deinit(struct splat_places *places);

/* Prints the report for people; @places may be NULL. */
void splat_print(FILE *to, const struct splat *splat, const struct splat_places *places);

/*
 * Appends @text, any bytes: a report, without its time stamps, or the stack of a task. The lines of
 * frames that @symbols (NULL: none) know end with file and line, after a line for each function
 * inlined there. Returns how many.
 */
size_t splat_decode(struct symbols *symbols, const char *text, struct buf *out);

/*
 * One JSON object; the caller owns a reference to it. @places may be NULL. Unknown data is
 * left out.
 */
struct json_t *splat_json(const struct splat *splat, const struct splat_places *places);

/* The same, on one line with a newline, and the name of its @log, unless NULL. */
void splat_print_json(FILE *to, const char *log, const struct splat *splat,
		      const struct splat_places *places);

#endif
