/* SPDX-License-Identifier: GPL-2.0-only */
/* What test-judge.c plays: a scenario, the kernel's lie, and what must be found. */
#ifndef WORKLOADS_TESTS_JUDGE_ROWS_H
#define WORKLOADS_TESTS_JUDGE_ROWS_H

#include "workloads/tests/fake-kernel.h"

struct judge_row {
	const char *what;
	const char *text;	/* the scenario */
	struct fake fake;
	const char *want;	/* "VERDICT\nLINE RULE: EXPECTED | FOUND"; "#" for a time */
	bool to_the_end;	/* something is waited for until the grace is over */
};

extern const struct judge_row judge_rows[];
extern const size_t judge_rows_count;

#endif
