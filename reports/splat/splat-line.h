/* SPDX-License-Identifier: GPL-2.0-only */
/* Takes apart a line of a console log. */
#ifndef REPORTS_SPLAT_LINE_H
#define REPORTS_SPLAT_LINE_H

#include "base/util.h"

#define SPLAT_TAG_MAX 16

struct splat_line {
	const char *line; /* as it came */
	size_t line_len;
	const char *msg; /* after priority, time stamp and caller */
	size_t len;
	char tag[SPLAT_TAG_MAX]; /* CONFIG_PRINTK_CALLER's "T123" or "C0"; "": not known */
};

/*
 * Parses the line from @at to @end; @out points into it. If two callers printed into one line,
 * each with its time stamp, it returns the begin of the next message; NULL: there is none.
 */
const char *splat_line_read(const char *at, const char *end, struct splat_line *out);

#endif
