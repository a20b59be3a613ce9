/* SPDX-License-Identifier: GPL-2.0-only */
/* What test-judge.c plays: a scenario, the kernel's lie, and what must be found. */
#ifndef WORKLOADS_TESTS_JUDGE_ROWS_H
#define WORKLOADS_TESTS_JUDGE_ROWS_H

#include "workloads/tests/fake-kernel.h"

struct judge_row {
	const char *what;
	const char *text; /* the scenario */
	struct fake fake;
	const char *or_want; /* as want, which a race may show in its stead; NULL: nothing */
	const char *
		want; /* "VERDICT\nLINE RULE: EXPECTED | FOUND"; "#" for a time, "*" for anything */
	const char *lost; /* what must be noted of a lost oracle; NULL: not looked at */
	bool to_the_end;  /* something is waited for until the grace is over */
};

struct judge_table {
	const struct judge_row *rows;
	size_t n;
};

extern const struct judge_table judge_contract, judge_content, judge_rest, judge_storm;

#endif
