/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What pages are made of. Pages are HTML and well-formed XML, too: elements are closed,
 * attributes quoted. Strings of records go only through these functions. Pure.
 */
#ifndef REPORTS_HTML_H
#define REPORTS_HTML_H

#include "base/buf.h"

/*
 * Adds at most @max bytes of the untrusted @s (NULL is ""), as text or as the value of an
 * attribute, on one line: "..." marks a cut. Control bytes, bytes that are not UTF-8, and
 * characters that are invisible or change the direction are shown as \xNN and \u{NN}.
 */
void html_text(struct buf *b, const char *s, size_t max);

/* The same for the inside of <pre>: newlines and tabs stay. */
void html_lines(struct buf *b, const char *s, size_t max);

/* Whether @path is relative and stays below its folder: no "..", no empty part. */
bool html_path_is_below(const char *path);

/* Adds @path as a part of a URL: all but letters, digits and "/._-~" as %NN. */
void html_path(struct buf *b, const char *path);

/* Adds Markdown as HTML: paragraphs, lists, headings, indented and fenced text, `code`. */
void html_prose(struct buf *b, const char *markdown);

/* What every page holds near its beginning. */
#define HTML_MARK "<meta name=\"generator\" content=\"daxrig\"/>"

/* The begin of a page up to the end of its title. @style is a URL, or NULL: the rules inline. */
void html_begin(struct buf *b, const char *title, const char *style);

/* The rules of all pages, static. */
extern const char html_style[];

/* A table in a box of its own, which scrolls when the table is wider; @label is constant. */
void html_table(struct buf *b, const char *label, const char *const *heads);
void html_table_end(struct buf *b);

#endif
