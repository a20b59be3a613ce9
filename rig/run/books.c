/* SPDX-License-Identifier: GPL-2.0-only */
/* The account of a run: which cases are over, and printing their results in the plan's order. */
#include <poll.h>

#include "run/record-private.h"
#include "run/results-private.h"

/* After writing run.json, wait this many times as long as that took before the next write. */
#define RECORD_REST 20

uint64_t run_now(const struct run *r)
{
	return now_ns() - r->start_ns;
}

bool run_cancelled(const struct run *r)
{
	struct pollfd p = { .fd = r->cancel_fd, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

/* Prints results in the plan's order, in whatever order the cases ended. Call it under the lock. */
static void report_ready(struct run *r)
{
	render_clear(&r->live);
	while (r->reported < r->plan.nr_cases && r->records[r->reported])
		render_case(&r->results, run_now(r), r->records[r->reported++]);
}

/*
 * Writes the record so far, for a reader during the run or after a crash. It is written as a
 * whole, so with thousands of cases not after each one; writing takes at most a twentieth
 * of the time. Call it under the lock.
 */
static struct err *write_record(struct run *r)
{
	uint64_t start = now_ns();
	struct err *err;

	if (start < r->write_again_ns)
		return NULL;
	err = run_record_write(r, false, NULL);
	if (!err)
		err = run_results_write(r, "the run did not end");
	r->write_again_ns = now_ns() + RECORD_REST * (now_ns() - start);
	return err;
}

void run_case_over(struct run *r, size_t place, struct case_record *rec)
{
	struct err *err;

	pthread_mutex_lock(&r->lock);
	r->records[place] = rec;
	report_ready(r);
	render_case(&r->live, run_now(r), rec);
	if (r->o->over && !r->enough)
		r->enough = r->o->over(r->o->over_arg, rec);
	err = write_record(r);
	if (err && !r->err)
		r->err = take_ptr(err);
	pthread_mutex_unlock(&r->lock);
	err_free(err);
}
