/* SPDX-License-Identifier: GPL-2.0-only */
/* Sessions one behind the other: when the answer is a merge, its other side is next. */
#ifndef RIG_BISECT_WALK_H
#define RIG_BISECT_WALK_H

#include <stdio.h>

#include "bisect/session.h"

/*
 * Bisects @h, goes on inside merges, and writes a report of each to @out. *@end is of the
 * first. @h becomes empty.
 */
struct err *bisect_walk(struct history *h, struct bisect_log *log, const struct session_options *o,
			FILE *out, enum session_end *end) __must_check;

#endif
