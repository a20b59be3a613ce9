/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RIG_SHOW_KSELFTEST_H
#define RIG_SHOW_KSELFTEST_H

#include "host/paths.h"

/*
 * Writes scenarios as the new folder @dir for a kernel tree. @words are @n names of the library,
 * or files; none: all of the library. What cannot be told is listed on standard error.
 */
struct err *show_kselftest(const struct paths *p, const char *dir, char **words, int n)
	__must_check;

#endif
