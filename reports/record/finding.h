/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A finding: one file of reports/findings, from which reports/known.txt and
 * reports/FINDINGS.md are made. Lines of a key and its value, then its rows, a blank line,
 * and the prose:
 *
 *   # a comment
 *   title     a few words, without a full stop
 *   severity  1 to 4: enum severity
 *   live      KERNELS in which it was seen
 *   fixed     KERNEL COMMIT                        if it is
 *   fs        FILESYSTEM ...
 *   scenario  SCENARIO ... GLOB ...                what shows it; the first is the finding's name
 *   tries     how often of how many
 *   after     NAME ...                             if a row of NAME matches what its own match
 *   unprivileged HOW                               a user without privilege was seen to do it:
 *                                                  it goes to security@kernel.org first
 *   row       KERNELS RULES CASES FOUND            as in a list (known.h)
 *
 *   Prose, in Markdown.
 *
 * Pure.
 */
#ifndef REPORTS_FINDING_H
#define REPORTS_FINDING_H

#include "base/buf.h"
#include "reports/record/known.h"

/*
 * Adds the finding @name, whose file has the @len bytes at @text, to @out; messages name the
 * file @path. ERR_USAGE, with the line number, if a key is missing, unknown or given twice, or a
 * row is wrong. After an error @out has a part of it.
 */
struct err *finding_parse(const char *path, const char *name, const char *text, size_t len,
			  struct known *out) __must_check;

/*
 * Sorts findings by name, and each after those that it names as "after"; the rows follow. What
 * they name must exist, and must not come after them.
 */
struct err *findings_order(struct known *k) __must_check;

/* The list: a line for each finding, then the rows. */
void findings_list(const struct known *k, struct buf *out);

/*
 * The findings as Markdown, the most severe first: the text @head, a table, a section for each,
 * the text @tail.
 */
void findings_markdown(const struct known *k, const char *head, const char *tail, struct buf *out);

#endif
