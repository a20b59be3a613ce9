/* SPDX-License-Identifier: GPL-2.0-only */
/* Extracts everything but the name from the lines of a report. */
#ifndef REPORTS_SPLAT_EXPLAIN_H
#define REPORTS_SPLAT_EXPLAIN_H

#include "base/buf.h"
#include "reports/splat/splat-name.h"

/*
 * Fills all members below "explained" in struct splat (task, CPU, kernel, trace) from the
 * @len bytes at @text, the lines of a report, each ended by a newline. @said is the text of a
 * warning, or NULL. @splat must have its title already.
 */
void splat_explain(struct splat_namer *n, size_t form, const char *text, size_t len,
		   const char *said, struct splat *splat);

/* What a taint letter means, static; NULL: not known. */
const char *splat_taint_word(char letter);

#endif
