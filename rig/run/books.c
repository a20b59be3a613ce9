/* SPDX-License-Identifier: GPL-2.0-only */
/* The account of a run: which cases are over, and printing their results in the plan's order. */
#include <poll.h>

#include "run/record-private.h"
#include "run/results-private.h"

/* After writing results.ktap, wait this many times as long as that took. */
#define RESULTS_REST 20

uint64_t run_now(const struct run *r)
{
	return now_ns() - r->start_ns;
}

bool run_cancelled(const struct run *r)
{
	struct pollfd p = { .fd = r->cancel_fd, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

/* Prints results in the plan's order, in whatever order the cases ended. */
void run_report_ready(struct run *r)
{
	render_clear(&r->live);
	while (r->reported < r->plan.nr_cases && r->records[r->reported])
		render_case(&r->results, run_now(r), r->records[r->reported++]);
}

static void keep_error(struct run *r, struct err *err)
{
	if (r->err)
		err_free(err);
	else
		r->err = err;
}

void run_note(struct run *r, const char *text)
{
	r->notes = xrealloc(r->notes, r->nr_notes + 2, sizeof(*r->notes));
	r->notes[r->nr_notes++] = xstrdup(text);
	r->notes[r->nr_notes] = NULL;
	/* what was noted before is in run.json */
	if (r->json.journal)
		keep_error(r, journal_note(&r->journal, text));
}

/*
 * Writes results.ktap so far, for whoever reads it after a crash. It is written as a whole, so
 * with thousands of cases not after each one. Call it under the lock.
 */
static struct err *write_results(struct run *r)
{
	uint64_t start = now_ns();
	struct err *err;

	if (start < r->write_again_ns)
		return NULL;
	err = run_results_write(r, "the run did not end");
	r->write_again_ns = now_ns() + RESULTS_REST * (now_ns() - start);
	return err;
}

void run_case_begins(struct run *r, size_t place)
{
	render_begin(&r->live, run_now(r), r->plan.cases[place].name);
	keep_error(r, journal_begin(&r->journal, r->plan.cases[place].name));
}

void run_case_over(struct run *r, size_t place, struct case_record *rec)
{
	pthread_mutex_lock(&r->lock);
	r->records[place] = rec;
	run_report_ready(r);
	render_case(&r->live, run_now(r), rec);
	if (r->o->over && !r->enough)
		r->enough = r->o->over(r->o->over_arg, rec);
	keep_error(r, journal_case(&r->journal, rec));
	keep_error(r, write_results(r));
	pthread_mutex_unlock(&r->lock);
}
