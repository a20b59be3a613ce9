/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs sessions one after another: when the answer is a merge, the next bisects its other side. */
#ifndef RIG_BISECT_WALK_H
#define RIG_BISECT_WALK_H

#include <stdio.h>

#include "bisect/session.h"

/*
 * Bisects @h, continues inside merges, and writes a report of each session to @out. *@end is
 * how the first session ended. @h becomes empty.
 */
struct err *bisect_walk(struct candidates *h, struct bisect_log *log,
			const struct session_options *o, FILE *out, enum session_end *end)
	__must_check;

#endif
