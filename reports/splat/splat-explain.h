/* SPDX-License-Identifier: GPL-2.0-only */
/* What the lines of a report tell besides its name. */
#ifndef REPORTS_SPLAT_EXPLAIN_H
#define REPORTS_SPLAT_EXPLAIN_H

#include "base/buf.h"
#include "reports/splat/splat-name.h"

/*
 * Fills in what the @len bytes at @text, the lines of a report, each ended by a newline, say
 * of who ran and where: all that stands below "explained" in struct splat, which has its
 * title already.
 */
void splat_explain(struct splat_namer *n, size_t form, const char *text, size_t len,
		   struct splat *splat);

/* What one letter of a taint means, in words, static; NULL: not known. */
const char *splat_taint_word(char letter);

#endif
