/* SPDX-License-Identifier: GPL-2.0-only */
/* The messages and reports of a bisection. */
#ifndef RIG_BISECT_SESSION_TEXT_H
#define RIG_BISECT_SESSION_TEXT_H

#include "bisect/session.h"

/* "9f2c... xfs: wait (2025-03-01)", or "6.12.117-1 (deb:6.12.117+deb12-amd64)"; free() it. */
char *candidate_text(const struct candidates *h, size_t at);

/* Prints the outcome of the last run, of @version, and the likeliest answer now. */
void session_say_run(const struct session *s, size_t version);

/*
 * Adds the report, after session_run() returned: the answer or why there is none, the
 * probabilities, and the cost.
 */
void session_report(const struct session *s, struct buf *out);

/* Adds all runs of the log, one a line, with the folders of their records. */
void session_report_runs(const struct bisect_log *log, struct buf *out);

/* How many runs a plain bisection of @n versions takes, if each run gives the right answer. */
size_t plain_runs(size_t n);

#endif
