/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef REPORTS_KNOWN_PRIVATE_H
#define REPORTS_KNOWN_PRIVATE_H

#include "reports/record/known.h"

/*
 * Adds a row of the finding @name, or of the name that @at begins with (NULL). Messages name
 * line @line of @path.
 */
struct err *known_add_row(const char *path, unsigned int line, const char *name, const char *at,
			  struct known *out) __must_check;

/*
 * Adds an empty finding @name. ERR_USAGE if the name is not of small letters, digits and "-",
 * or was given before.
 */
struct err *known_add_finding(const char *path, unsigned int line, const char *name,
			      struct known *out) __must_check;

/* Takes @s for the severity or the title of @f. */
struct err *known_set_severity(const char *path, unsigned int line, const char *s,
			       struct known_finding *f) __must_check;
struct err *known_set_title(const char *path, unsigned int line, const char *s,
			    struct known_finding *f) __must_check;

/* The next word of *@at; moves *@at past it and the blanks after it. free() it. */
char *known_word(const char **at);

/* Whether all of @s is printable ASCII. */
bool known_printable(const char *s);

#endif
