/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shell globs as in fnmatch(3) with FNM_EXTMATCH, "*", "?", "[a-z]", "@(a|b)", "?(a)",
 * "*(a)", "+(a)", "!(a)", matched in bounded time. Pure.
 */
#ifndef BASE_GLOB_H
#define BASE_GLOB_H

#include "base/err.h"

#define GLOB_DEPTH_MAX 2 /* a choice in a choice */

/* ERR_USAGE with the column, from 1, if @glob is invalid. */
struct err *glob_check(const char *glob) __must_check;

/*
 * Whether @glob matches all of @name; a glob that glob_check() refuses matches nothing.
 * Takes O(strlen(glob) * strlen(name)) time; nested choices multiply that by at most
 * strlen(name)^2.
 */
bool glob_match(const char *glob, const char *name);

#endif
