/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs all cases of a run, from preparing it to writing its record. */
#include "run/run.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "reports/record/tally.h"
#include "run/record-private.h"
#include "run/results-private.h"
#include "run/setup-private.h"
#include "run/worker-private.h"

static void say_line(void *arg, const char *text)
{
	struct run *r = arg;

	pthread_mutex_lock(&r->lock);
	if (r->o->say)
		progress_line(r->o->say, "%s", text);
	else
		render_say(&r->live, run_now(r), text);
	pthread_mutex_unlock(&r->lock);
}

static void note_line(void *arg, const char *text)
{
	struct run *r = arg;

	pthread_mutex_lock(&r->lock);
	run_note(r, text);
	pthread_mutex_unlock(&r->lock);
	say_line(r, text);
}

static unsigned int job_count(const struct run *r)
{
	size_t jobs = r->hold.finding || r->hold.line ?
			      1 :
			      (r->o->jobs ? r->o->jobs : run_jobs_auto(r)) * r->nodes.n;

	return (unsigned int)MAX(MIN(jobs, r->plan.nr_cases), 1u);
}

/* Waits for the worker's thread, and meanwhile updates the time in the live line. */
static void join_worker(struct run *r, struct worker *w)
{
	struct timespec next;

	do {
		pthread_mutex_lock(&r->lock);
		render_tick(&r->live, run_now(r));
		pthread_mutex_unlock(&r->lock);
		clock_gettime(CLOCK_MONOTONIC, &next);
		next.tv_sec++;
	} while (pthread_clockjoin_np(w->thread, NULL, CLOCK_MONOTONIC, &next) == ETIMEDOUT);
}

static struct err *run_plan(struct run *r)
{
	unsigned int n = job_count(r), started = 0;
	struct worker *workers = xcalloc(n, sizeof(*workers));
	int ret = 0;

	while (started < n && !ret) {
		worker_init(&workers[started], r, started);
		ret = pthread_create(&workers[started].thread, NULL, worker_main,
				     &workers[started]);
		if (ret)
			worker_deinit(&workers[started]);
		else
			started++;
	}
	for (unsigned int i = 0; i < started; i++) {
		join_worker(r, &workers[i]);
		worker_deinit(&workers[i]);
	}
	free(workers);
	if (!started)
		return err_errno(ret, "cannot start a thread");
	return take_ptr(r->err);
}

static int exit_status(const struct run *r)
{
	int status = 0;

	for (size_t i = 0; i < r->plan.nr_cases; i++) {
		if (r->records[i] && case_is_new(r->records[i]))
			return 1;
		if (r->records[i] && r->records[i]->verdict == VERDICT_ERROR)
			status = 3;
	}
	return status;
}

static size_t count_over(const struct run *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->plan.nr_cases; i++)
		n += r->records[i] != NULL;
	return n;
}

/* After an early end prints all remaining results, and "not run" for cases that did not run. */
static void report_rest(struct run *r, const char *reason, struct case_record **not_run)
{
	for (; r->reported < r->plan.nr_cases; r->reported++) {
		struct case_record *rec = r->records[r->reported];

		if (!rec)
			rec = not_run[r->reported] = run_not_run(r, r->reported, reason);
		render_case(&r->results, run_now(r), rec);
	}
}

static struct err *end_results(struct run *r, const char *reason)
{
	struct case_record **not_run = xcalloc(r->plan.nr_cases, sizeof(*not_run));
	int ret;

	report_rest(r, reason, not_run);
	ret = render_end(&r->results, run_now(r), reason);
	for (size_t i = 0; i < r->plan.nr_cases; i++)
		case_record_destroy(not_run[i]);
	free(not_run);
	return ret < 0 ? err_create(ERR_INFRA, "cannot write the results to standard output") :
			 NULL;
}

/* Says what the run comes to: in a line or, on a terminal, on a screen. */
static void conclude(struct run *r)
{
	_cleanup_free_ char *where = xasprintf("the record of this run is in '%s'", r->dir.path);
	_cleanup_free_ char *what = run_conclusion(r);
	_cleanup_free_ char *page = NULL;
	_cleanup_err_ struct err *err = r->o->say ? NULL : run_page_write(r, &page);

	if (err)
		render_say(&r->live, run_now(r), err->message);
	if (r->brief) {
		render_end(&r->live, run_now(r), NULL);
		run_show_brief(r, err ? NULL : page);
		return;
	}
	render_say(&r->live, run_now(r), what);
	render_say(&r->live, run_now(r), where);
}

/* Prints the remaining results and writes the final record, after success and failure alike. */
static struct err *finish(struct run *r, struct err *err, int *status)
{
	_cleanup_err_ struct err *written = NULL, *unsaved = NULL, *lost = NULL;

	render_clear(&r->live);
	lost = end_results(r, err ? err->message : "enough is known");
	if (!err)
		err = take_ptr(lost);
	run_tell_rates(r);
	/* before the lock goes: another process may resume the run at once */
	written = run_results_write(r, err ? err->message : "enough is known");
	unsaved = run_record_close(r, !err, err ? err->message : NULL);
	conclude(r);
	if (err && err->code == ERR_CANCELLED) {
		err_free(err);
		err = err_create(ERR_CANCELLED, "interrupted: %zu of %zu cases ran%s",
				 count_over(r), r->plan.nr_cases,
				 r->o->say ? "" : "; 'daxrig run --resume' runs the rest");
	}
	*status = exit_status(r);
	return err ? err : unsaved ? take_ptr(unsaved) : take_ptr(written);
}

/* Of a resumed run, first what is over already. */
static void begin_results(struct run *r)
{
	const struct run_options *o = r->o;

	r->shown.planned = r->plan.nr_cases;
	r->plan_ns = run_now(r);
	render_start(&r->results, o->say || r->brief ? &renderer_null : &renderer_ktap, stdout,
		     &r->shown);
	if (r->records) {
		for (size_t i = 0; i < r->plan.nr_cases; i++)
			if (r->records[i])
				render_old(&r->live, r->records[i]);
		run_report_ready(r);
	} else {
		r->records = xcalloc(r->plan.nr_cases, sizeof(struct case_record *));
	}
}

struct err *run_cases(const struct run_options *o, int *status)
{
	struct run *r = xcalloc(1, sizeof(*r));
	struct err *err;

	if (o->folder)
		*o->folder = NULL;
	r->o = o;
	r->cancel_fd = r->plugin = -1;
	r->journal = (struct journal)JOURNAL_INIT;
	r->start_ns = now_ns();
	r->brief = !o->say && !o->ktap && isatty(STDOUT_FILENO);
	r->say = (struct progress){ say_line, r };
	r->note = (struct progress){ note_line, r };
	pthread_mutex_init(&r->lock, NULL);
	render_start(&r->live, o->say ? &renderer_null : &renderer_live, stderr, &r->shown);
	err = run_prepare(r);
	if (!err && r->is_complete) {
		progress_line(&r->say, "the run '%s' is complete: nothing is left to run",
			      o->resume);
		*status = 0;
	} else if (!err) {
		begin_results(r);
		err = finish(r, run_plan(r), status);
	} else if (r->has_dir) {
		/* the first error is the one to report */
		err_free(run_results_write(r, err->message));
		err_free(run_record_close(r, false, err->message));
	}
	if (r->live.renderer)
		render_end(&r->live, run_now(r), NULL);
	run_deinit(r);
	return err;
}
