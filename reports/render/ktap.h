/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes KTAP version 1 (the kernel's Documentation/dev-tools/ktap.rst). Each call
 * flushes, so a reader sees a case when it ends. Anything may be in the strings.
 */
#ifndef REPORTS_KTAP_H
#define REPORTS_KTAP_H

#include <stdio.h>

#include "reports/record/verdict.h"

struct ktap {
	FILE *out; /* borrowed */
	size_t planned;
	size_t written;
	size_t counts[VERDICT_ERROR + 1];
};

/* Writes the version and the plan of @planned cases. */
void ktap_start(struct ktap *k, FILE *out, size_t planned);

/*
 * Writes a judged case: its diagnostics as "# " lines, bounded, then its result line.
 * They stand in front of it because KTAP gives them to the result that follows.
 *
 *	ok N name			pass
 *	not ok N name			fail
 *	ok N name # SKIP reason		skip
 *	not ok N name # ERROR reason	error
 */
void ktap_case(struct ktap *k, const struct case_record *rec);

/*
 * Writes the cases that were planned and never ran as errors for @reason (NULL: not
 * run), then "# Totals: pass:1 fail:0 skip:0 error:0". Returns 0, or -1 when @out
 * could not take everything.
 */
int ktap_end(struct ktap *k, const char *reason);

#endif
