/* SPDX-License-Identifier: GPL-2.0-only */
/* The files of a site: written only when they change, and removed when it has them no more. */
#ifndef REPORTS_PAGES_H
#define REPORTS_PAGES_H

#include "base/buf.h"
#include "base/err.h"

/* ERR_USAGE if @path exists and does not hold HTML_MARK near its beginning: another made it. */
struct err *pages_check(const char *path) __must_check;

/* Writes @b to @path unless it has these bytes; sets *@written if it did. */
struct err *pages_write(const char *path, const struct buf *b, bool *written) __must_check;

/*
 * Removes the pages in @folder that @keep (sorted, names without ".html") does not name, and
 * unfinished ones of an interrupted write. Files without HTML_MARK stay. Adds to *@removed.
 */
struct err *pages_remove_others(const char *folder, const char *const *keep, size_t n,
				size_t *removed) __must_check;

#endif
