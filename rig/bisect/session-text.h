/* SPDX-License-Identifier: GPL-2.0-only */
/* What a bisection tells people. */
#ifndef RIG_BISECT_SESSION_TEXT_H
#define RIG_BISECT_SESSION_TEXT_H

#include "bisect/session.h"

/* "9f2c... xfs: wait (2025-03-01)", or "6.12.117-1 (deb:6.12.117+deb12-amd64)"; free() it. */
char *candidate_text(const struct history *h, size_t at);

/* One line on the last run, of @version: what it said, and what is thought now. */
void session_say_run(const struct session *s, size_t version);

/*
 * The report, once session_run() returned: the answer or why there is none, how likely what
 * is, and at what cost.
 */
void session_report(const struct session *s, struct buf *out);

/* All runs of the log, one a line, and where their records are. */
void session_report_runs(const struct bisect_log *log, struct buf *out);

/* How many versions a plain bisection between @n runs, if each told the truth. */
size_t plain_runs(size_t n);

#endif
