/* SPDX-License-Identifier: GPL-2.0-only */
/* The frames of a report down to file, line and inlined functions, and the report in full. */
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
	char *problem; /* why there is none; NULL: there is one */
};

/* For each frame of a report, in its order. */
struct splat_places {
	struct splat_frame_places *v;
	size_t n;
};

/* Looks all frames of @splat up; splat_places_deinit() *@out. */
void splat_places_find(struct symbols *symbols, const struct splat *splat,
		       struct splat_places *out);
void splat_places_deinit(struct splat_places *places);

/* For people; @places may be NULL. */
void splat_print(FILE *to, const struct splat *splat, const struct splat_places *places);

/*
 * One JSON object; @places may be NULL. The caller has a reference to it. What the report
 * does not tell is left out.
 */
struct json_t *splat_json(const struct splat *splat, const struct splat_places *places);

/* The same, on one line with a newline, and the name of its @log, unless NULL. */
void splat_print_json(FILE *to, const char *log, const struct splat *splat,
		      const struct splat_places *places);

#endif
