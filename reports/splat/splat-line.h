/* SPDX-License-Identifier: GPL-2.0-only */
/* A line of a console log, taken apart. */
#ifndef REPORTS_SPLAT_LINE_H
#define REPORTS_SPLAT_LINE_H

#include "base/util.h"

#define SPLAT_TAG_MAX 16

struct splat_line {
	const char *line; /* as received */
	size_t line_len;
	const char *msg; /* after priority, time stamp and caller */
	size_t len;
	char tag[SPLAT_TAG_MAX]; /* CONFIG_PRINTK_CALLER's "T123" or "C0"; "": not known */
};

/*
 * Parses the line from @at to @end; @out points into it. Two callers may have printed into
 * one line, each with its time stamp: returns where the next message begins, or NULL when
 * the line has no more.
 */
const char *splat_line_read(const char *at, const char *end, struct splat_line *out);

#endif
