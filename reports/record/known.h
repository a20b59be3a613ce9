/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which findings are known: a text of rows, one a line, "#" begins a comment.
 *
 *   NAME KERNELS RULES CASES FOUND
 *
 * NAME is the scenario that shows the finding alone. KERNELS are releases or their
 * beginnings, "6.1,7.2.13"; each of RULES and CASES, and FOUND, which is the rest of the line,
 * is a glob. FOUND has to match all of what was found and the lines below it, so that a row
 * can ask for a function of the stack. Pure.
 */
#ifndef REPORTS_KNOWN_H
#define REPORTS_KNOWN_H

#include "base/err.h"
#include "reports/record/verdict.h"

struct known_row {
	char *name, *kernels, *rules, *cases, *found;
};

struct known {
	struct known_row *v;
	size_t n;
};

/*
 * Reads @len bytes at @text, which is the file @path for messages. ERR_USAGE, with the line:
 * a row that is not whole, or names no rule. known_deinit() the result.
 */
struct err *known_parse(const char *path, const char *text, size_t len, struct known *out)
	__must_check;

/*
 * The index of the row that the first finding of @c is in, the first row of that name, when
 * each of its findings is in a row for @release. Else k->n, and *@unknown is the first that
 * is in none: c->finding_count, when it has no finding at all.
 */
size_t known_of(const struct known *k, const char *release, const struct case_record *c,
		size_t *unknown);

void known_deinit(struct known *k);

#endif
