/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to the files that name and explain a report. */
#ifndef REPORTS_SPLAT_PRIVATE_H
#define REPORTS_SPLAT_PRIVATE_H

#include "reports/splat/needles.h"
#include "reports/splat/regex.h"
#include "reports/splat/splat-form.h"

#define NAME_MAX_LEN 200
#define SPLAT_CHANGING 6 /* kinds of things in a title that differ from boot to boot */

struct splat_namer {
	struct needles *needles;
	struct regex **forms, **skips, **types; /* compiled at their first use */
	struct regex **steps;
	struct regex *user, *frame, *trace, *alien, *access, *place, *helper, *anchor, *hang;
	struct regex *task, *registers, *numbered, *areas[SPLAT_AREAS], *changing[SPLAT_CHANGING];
};

/* Compiles the pattern at its first use, as most are never used. */
struct regex *splat_wanted(struct regex **re, const char *pattern);
bool splat_matches(struct regex **re, const char *pattern, const char *s, size_t len);

/* Replaces addresses, numbers and the like in @line, which it frees, by words; free() it. */
char *splat_without_changing(struct splat_namer *n, char *line);

/*
 * The function that names the report of @form, whose lines are the @len bytes at @text;
 * free() it. NULL: none can be trusted.
 */
char *splat_find_function(struct splat_namer *n, size_t form, const char *text, size_t len);

/* Whether the text has the line that the form's title needs; else the first line is the title. */
bool splat_has_wanted(struct splat_namer *n, size_t form, const char *text, size_t len);

/*
 * Whether the log is damaged: an announced trace has no frames, or the form has a trace and
 * the text has none.
 */
bool splat_lacks_trace(struct splat_namer *n, size_t form, const char *text, size_t len);

#endif
