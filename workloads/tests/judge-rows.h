/* SPDX-License-Identifier: GPL-2.0-only */
/* The rows of test-judge.c: a scenario, the kernel's fault, and the expected findings. */
#ifndef WORKLOADS_TESTS_JUDGE_ROWS_H
#define WORKLOADS_TESTS_JUDGE_ROWS_H

#include "workloads/tests/fake-kernel.h"

struct judge_row {
	const char *what;
	const char *text; /* the scenario */
	struct fake fake;
	const char *or_want; /* a race may show this instead of want; NULL: nothing */
	const char *
		want; /* "VERDICT\nLINE RULE: EXPECTED | FOUND"; "#" for a time, "*" for anything */
	const char *lost; /* the note of a lost oracle; NULL: not checked */
	bool to_the_end;  /* the program waits for something until the grace is over */
};

struct judge_table {
	const struct judge_row *rows;
	size_t n;
};

extern const struct judge_table judge_contract, judge_content, judge_program, judge_rest,
	judge_storm;

#endif
