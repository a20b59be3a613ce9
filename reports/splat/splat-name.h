/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds the guilty function in the lines of a report, and makes its title. */
#ifndef REPORTS_SPLAT_NAME_H
#define REPORTS_SPLAT_NAME_H

#include "base/buf.h"
#include "reports/splat/splat-form.h"

struct splat_namer;

struct splat_namer *splat_namer_create(void);
/* NULL is fine. */
void splat_namer_destroy(struct splat_namer *n);

/*
 * Where in @len bytes of log the next of splat_needles begins: the lines
 * before that one open no report. @len: none does.
 */
size_t splat_namer_next(const struct splat_namer *n, const char *data, size_t len);

/*
 * The index in splat_forms of the form that the line @msg of @len bytes has;
 * splat_forms_count: none.
 */
size_t splat_namer_form(struct splat_namer *n, const char *msg, size_t len);

/* What the reports' own lines say, found line by line. */
struct splat_words {
	char *text, *access, *file;
	unsigned int line;
};

void splat_words_deinit(struct splat_words *w);

/* Adds what a line, which has the form @form, or none by splat_forms_count, says. */
void splat_namer_read(struct splat_namer *n, size_t form, const char *msg, size_t len,
		      struct splat_words *w);

/*
 * Names the report of @form, whose lines are @text, each ended by a newline; the first has
 * the form. *@function is NULL when there is none to be trusted; free()
 * both. Sets *@corrupted when the log is damaged where the name should stand.
 */
void splat_namer_name(struct splat_namer *n, size_t form, const struct buf *text,
		      const struct splat_words *w, char **title, char **function, bool *corrupted);

/* The type of a report with this title: "LOCKDEP", static. */
const char *splat_namer_type(struct splat_namer *n, const char *title);

#endif
