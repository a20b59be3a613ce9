/* SPDX-License-Identifier: GPL-2.0-only */
/* A made-up history of nights, the same for the same seed; and the records of its runs. */
#ifndef RIG_BENCH_MADE_HISTORY_H
#define RIG_BENCH_MADE_HISTORY_H

#include "reports/history/history.h"
#include "reports/record/run-json.h"

#define MADE_KERNELS 3
#define MADE_CASES_MAX 5184

struct made {
	uint64_t seed;
	uint32_t nights;
	uint32_t cases; /* of each run; at most MADE_CASES_MAX */
};

/*
 * Fills the empty @h with a run of each of MADE_KERNELS kernels in each night; classifies
 * nothing. Cases pass, skip, fail by known findings, are flaky, come, go, are fixed; one run is
 * untested, one is incomplete.
 */
void made_history(struct history *h, const struct made *m);

/* The record of such a run, for site_options.read; the caller calls run_summary_deinit(). */
struct err *made_record(void *arg, const struct history *h, uint32_t run, struct run_summary *out)
	__must_check;

#endif
