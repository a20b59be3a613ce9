/* SPDX-License-Identifier: GPL-2.0-only */
/* Cycles of pin, operation, unpin in one guest: by the interpreter, and by a bare loop. */
#include <stdio.h>

#include "bench/bench.h"

#define SCENARIO "rig/bench/cycles.scn"
#define ROUNDS 3
/* The scenario's blocks: first with an operation that has work to do, then with one without. */
enum { KIND_WORK, KIND_IDLE, KINDS };

struct loop {
	const char *args[4];
	struct samples cycle[KINDS]; /* seconds a cycle, of each run's fastest block */
};

/* Finds, for each kind, the seconds per cycle in the fastest block. */
static void find_fastest(const struct case_record *c, double *fastest)
{
	size_t block = 0;

	for (size_t i = 0; i < c->step_count; i++) {
		unsigned int rounds;
		double *best, cycle;

		if (sscanf(c->steps[i].step, " repeat %u", &rounds) != 1 || !rounds)
			continue;
		best = &fastest[block++ % KINDS];
		cycle = (double)c->steps[i].ns / 1e9 / rounds;
		if (!*best || cycle < *best)
			*best = cycle;
	}
}

static struct err *loop_run(const struct bench *b, struct loop *l)
{
	double fastest[KINDS] = { 0 };
	struct run_summary r;
	struct err *err = bench_run(b, l->args, NULL, &r);

	if (err)
		return err;
	find_fastest(r.cases[0], fastest);
	if (r.cases[0]->verdict != VERDICT_PASS || !fastest[KIND_WORK] || !fastest[KIND_IDLE])
		err = err_create(ERR_INFRA, "'%s' did not run to its end", SCENARIO);
	run_summary_deinit(&r);
	for (int i = 0; i < KINDS && !err; i++)
		samples_add(&l->cycle[i], fastest[i]);
	return err;
}

static struct err *measure(const struct bench *b, struct loop *ours, struct loop *bare)
{
	struct err *err = NULL;

	for (int i = 0; i < ROUNDS && !err; i++) {
		uint64_t start = now_ns();

		err = loop_run(b, ours);
		if (!err)
			err = loop_run(b, bare);
		if (!bench_has_time(b, now_ns() - start))
			break;
	}
	return err;
}

static void loop_deinit(struct loop *l)
{
	for (int i = 0; i < KINDS; i++)
		samples_deinit(&l->cycle[i]);
}

void bench_cycles(struct bench *b, struct figure *f)
{
	struct loop ours = { .args = { SCENARIO } };
	struct loop bare = { .args = { SCENARIO, "--self-test", "bare" } };
	struct err *err = measure(b, &ours, &bare);
	double a[KINDS], c[KINDS];

	for (int i = 0; i < KINDS; i++) {
		a[i] = samples_median(&ours.cycle[i]);
		c[i] = samples_median(&bare.cycle[i]);
	}
	if (err)
		figure_fail(f, err);
	else
		figure_set(
			f, c[KIND_WORK] / a[KIND_WORK],
			xasprintf("as many cycles of vmsplice, ZERO_RANGE and unpin in one guest "
				  "as a bare loop of the same calls makes: %.0f a second against "
				  "%.0f, the fastest block of a run, medians of %zu runs each, in "
				  "turn; with a PUNCH_HOLE that finds no block %.2f, %.0f against "
				  "%.0f",
				  1 / a[KIND_WORK], 1 / c[KIND_WORK], ours.cycle[KIND_WORK].n,
				  c[KIND_IDLE] / a[KIND_IDLE], 1 / a[KIND_IDLE], 1 / c[KIND_IDLE]));
	loop_deinit(&ours);
	loop_deinit(&bare);
}
