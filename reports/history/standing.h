/* SPDX-License-Identifier: GPL-2.0-only */
/* What a night says of each case of one record, for renderers; works without history, too. Pure. */
#ifndef REPORTS_STANDING_H
#define REPORTS_STANDING_H

#include "reports/history/history.h"

struct standing {
	enum status status;
	/* worth telling: it was not so in the comparable run before. Without history: see below */
	bool changed;
	const struct history_row *row; /* NULL: no history, or the history lacks the case */
};

/*
 * Of case @rec of run @run of @h. With NULL for @h a fail is known when each of its findings
 * is marked as known (known_mark()), else new; an error, or a pass of which an oracle was
 * lost, is lost. New ones and errors then count as changed.
 */
struct standing standing_of(const struct history *h, uint32_t run, const struct case_record *rec);

/* Of a row of run @run, which may be one of a case that is gone. */
struct standing standing_of_row(const struct history *h, uint32_t run,
				const struct history_row *row);

#endif
