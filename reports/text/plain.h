/* SPDX-License-Identifier: GPL-2.0-only */
/* Untrusted texts of several lines as printable ASCII: for XML, JSON and mail. Pure. */
#ifndef REPORTS_PLAIN_H
#define REPORTS_PLAIN_H

#include "base/buf.h"

/*
 * Appends @s (NULL is ""); newlines and tabs stay, other bytes that are not printable ASCII
 * become "\x1b". Of a result of more than @max bytes the middle is left out, and a line says
 * how much: a report of the kernel tells what it is at its head, and a panic at its end.
 */
void plain_add(struct buf *b, const char *s, size_t max);

/* The same on one line, with blanks for newlines and tabs; its end is left out, with "...". */
void plain_add_line(struct buf *b, const char *s, size_t max);

/*
 * Appends each line of @s, printable ASCII, and a newline. What exceeds @width columns goes
 * to more lines, at a blank if there is one. The first line begins with @first, all others
 * with @rest. "" appends nothing.
 */
void plain_fold(struct buf *b, const char *first, const char *rest, const char *s, size_t width);

/* Appends @s as one word of a shell, on one line; quotes it if it needs to be. */
void plain_add_word(struct buf *b, const char *s);

/*
 * Appends the parts of a name that "/" separates, separated by "." instead: all bytes but
 * letters, digits, "-" and "_" become "_", and so do empty parts.
 */
void plain_add_path(struct buf *b, const char *name);

#endif
