/* SPDX-License-Identifier: GPL-2.0-only */
/* Compares two runs case by case, by name. Pure. */
#ifndef REPORTS_DIFF_H
#define REPORTS_DIFF_H

#include "reports/history/history.h"

enum diff_kind {
	DIFF_FAILS,  /* it failed only in b */
	DIFF_OTHER,  /* it failed in both, and b shows a finding that a does not */
	DIFF_PASSES, /* it passed only in b */
	DIFF_LOST,   /* it has a verdict only in a: error, or an oracle was lost, in b */
	DIFF_SKIPS,  /* it is skipped only in b */
	DIFF_ONLY_A, /* only a has the case */
	DIFF_ONLY_B,
	DIFF_TEXT, /* the verdict is the same, but the scenario is another */
	DIFF_KINDS
};

/* "fails", ...; one line on what it means. */
const char *diff_kind_name(enum diff_kind kind);
const char *diff_kind_text(enum diff_kind kind);

struct diff_row {
	enum diff_kind kind;
	const struct history_row *a, *b; /* NULL: that run lacks the case */
	uint32_t finding; /* of the fail that the kind is about; HISTORY_NONE: none */
};

struct diff {
	struct diff_row *v; /* by kind, then by name */
	size_t n, counts[DIFF_KINDS];
	size_t same; /* cases that are alike */
};

/* Compares runs @a and @b of @h, which must stay. Deinit the result. */
void diff_runs(const struct history *h, uint32_t a, uint32_t b, struct diff *out);

void diff_deinit(struct diff *d);

#endif
