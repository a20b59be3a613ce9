/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shell globs as fnmatch(3) with FNM_EXTMATCH has them, "*", "?", "[a-z]", "@(a|b)",
 * "?(a)", "*(a)", "+(a)", "!(a)", matched in bounded time. Pure.
 */
#ifndef BASE_GLOB_H
#define BASE_GLOB_H

#include "base/err.h"

#define GLOB_DEPTH_MAX 2 /* a choice in a choice */

/* ERR_USAGE with the column, from 1, when @glob is none. */
struct err *glob_check(const char *glob) __must_check;

/*
 * Whether @glob matches all of @name; what glob_check() refuses matches nothing. Takes
 * time in the order of strlen(glob) * strlen(name), with choices in choices at most
 * strlen(name)^2 as much.
 */
bool glob_match(const char *glob, const char *name);

#endif
