/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RIG_TESTS_PARTS_H
#define RIG_TESTS_PARTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/util.h"

/* Each of @parts, separated by ";;", must be in @text, or with !@has none of them. NULL: no part. */
static inline void must(const char *text, const char *parts, bool has)
{
	_cleanup_free_ char *copy = xstrdup(parts ? parts : "");

	for (char *p = copy; p && *p;) {
		char *next = strstr(p, ";;");

		if (next)
			*next = '\0';
		if (!strstr(text, p) == has)
			fail_msg("'%s' is %sin\n%s", p, has ? "not " : "", text);
		p = next ? next + 2 : NULL;
	}
}

#endif
