/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a long job reports what it is doing: one line of text at a time, without a
 * newline. A NULL progress, or one without a function, is silent.
 */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include "base/util.h"

struct progress {
	void (*line)(void *arg, const char *text); /* @text is valid during the call */
	void *arg;
};

static inline __printf(2, 3) void progress_line(const struct progress *say, const char *fmt, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list ap;

	if (!say || !say->line)
		return;
	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	say->line(say->arg, text);
}

#endif
