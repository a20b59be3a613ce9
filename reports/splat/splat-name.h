/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds the function at fault in the lines of a report, and makes its title. */
#ifndef REPORTS_SPLAT_NAME_H
#define REPORTS_SPLAT_NAME_H

#include "base/buf.h"
#include "reports/splat/splat-form.h"

struct splat_namer;

struct splat_namer *splat_namer_create(void);
/* NULL is fine. */
void splat_namer_destroy(struct splat_namer *n);

/*
 * The offset of the next of splat_needles in @len bytes of log: no line before it begins a
 * report. @len: there is none.
 */
size_t splat_namer_next(const struct splat_namer *n, const char *data, size_t len);

/*
 * The index in splat_forms of the form of the line @msg of @len bytes;
 * splat_forms_count: it has none.
 */
size_t splat_namer_form(struct splat_namer *n, const char *msg, size_t len);

/* Whether a trace that belongs to no report follows the line. */
bool splat_namer_alien(struct splat_namer *n, const char *msg, size_t len);

/* Data from the lines of a report, collected line by line. */
struct splat_words {
	char *text, *access, *file;
	unsigned int line;
};

void splat_words_deinit(struct splat_words *w);

/* Adds the data of a line of form @form (splat_forms_count: of none). */
void splat_namer_read(struct splat_namer *n, size_t form, const char *msg, size_t len,
		      struct splat_words *w);

/*
 * Names the report of @form, whose lines are the @len bytes at @text, each ended by a newline;
 * the first has the form. *@function is NULL when no function can be trusted; free() both.
 * Sets *@corrupted when the log is damaged where the name should be.
 */
void splat_namer_name(struct splat_namer *n, size_t form, const char *text, size_t len,
		      const struct splat_words *w, char **title, char **function, bool *corrupted);

/* The type of a report with this title: "LOCKDEP", static. */
const char *splat_namer_type(struct splat_namer *n, const char *title);

#endif
