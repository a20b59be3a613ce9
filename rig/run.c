/* SPDX-License-Identifier: GPL-2.0-only */
#include "run-private.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

/* A host that cannot boot a guest this many times in a row will not at all. */
#define BOOT_FAILURES_MAX 2

bool run_cancelled(const struct run *r)
{
	struct pollfd p = { .fd = r->cancel_fd, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

static struct case_record *new_record(struct run *r, const struct plan_case *c)
{
	struct case_record *rec = case_record_create(c->name);

	rec->scenario = xstrdup(c->text);
	rec->fs = xstrdup(c->fs);
	rec->wants_dax = true;
	rec->seed = r->o->seed;
	rec->started_ns = now_ns() - r->start_ns;
	r->records[r->nr_records++] = rec;
	return rec;
}

/* A report that came after its case was over belongs to that case all the same. */
static void take_late_splats(struct run *r)
{
	struct splat *s;
	struct case_record *rec = r->nr_records ? r->records[r->nr_records - 1] : NULL;

	if (!r->guest || !rec)
		return;
	console_read(&r->guest->console);
	while ((s = console_take_splat(&r->guest->console, true)) != NULL) {
		_cleanup_free_ char *line = xasprintf("after '%s' was over: %s", rec->name,
						      s->title);

		live_say(&r->live, now_ns() - r->start_ns, line);
		case_record_add_splat(rec, s);
		case_record_judge(rec);
		r->guest->spent = true;
	}
	if (r->guest->spent)
		run_unboot(r);
}

/* A guest for the next case, or the reason in @rec. */
static struct err *need_guest(struct run *r, struct case_record *rec, unsigned int *failures)
{
	struct err *err;

	if (r->guest)
		return NULL;
	live_start(&r->live, now_ns() - r->start_ns, "booting a guest");
	err = run_boot(r);
	if (!err) {
		*failures = 0;
		return NULL;
	}
	if (err->code == ERR_CANCELLED || ++*failures == BOOT_FAILURES_MAX)
		return err;
	case_record_add_error(rec, "no guest: %s", err->message);
	err_free(err);
	return NULL;
}

static struct err *run_case(struct run *r, size_t i, unsigned int *failures)
{
	const struct plan_case *c = &r->plan.cases[i];
	struct case_record *rec;
	struct rundir_case dir;
	struct err *err;

	take_late_splats(r);
	rec = new_record(r, c);
	err = need_guest(r, rec, failures);
	live_start(&r->live, now_ns() - r->start_ns, c->name);
	rundir_case_init(&dir, &r->dir, (unsigned int)i + 1, c->name);
	if (!err && r->guest) {
		rec->guest_end = GUEST_END_FINE;
		err = guest_run_case(r->guest, c, r->o->lie, r->o->seed, &dir, rec);
	}
	rundir_case_deinit(&dir);
	if (err) {
		r->nr_records--;
		case_record_destroy(rec);
		return err;
	}
	case_record_judge(rec);
	if (r->guest && (r->guest->spent || rec->verdict == VERDICT_FAIL ||
			 rec->verdict == VERDICT_ERROR))
		run_unboot(r);
	live_clear(&r->live);
	ktap_case(&r->ktap, rec);
	live_case(&r->live, now_ns() - r->start_ns, rec);
	return run_record_write(r, false, NULL);
}

static struct err *run_plan(struct run *r)
{
	unsigned int failures = 0;
	struct err *err = NULL;

	for (size_t i = 0; i < r->plan.nr_cases && !err; i++) {
		if (run_cancelled(r))
			err = err_create(ERR_CANCELLED, "interrupted");
		else
			err = run_case(r, i, &failures);
	}
	take_late_splats(r);
	return err;
}

static int exit_status(const struct run *r)
{
	int status = 0;

	for (size_t i = 0; i < r->nr_records; i++) {
		if (r->records[i]->verdict == VERDICT_FAIL)
			return 1;
		if (r->records[i]->verdict == VERDICT_ERROR)
			status = 3;
	}
	return status;
}

/* Closes the books, whatever happened. */
static struct err *finish(struct run *r, struct err *err, int *status)
{
	_cleanup_free_ char *where = xasprintf("the record of this run is in '%s'", r->dir.path);
	_cleanup_err_ struct err *written = NULL;

	live_clear(&r->live);
	if (ktap_end(&r->ktap, err ? err->message : NULL) && !err)
		err = err_create(ERR_INFRA, "cannot write the results to standard output");
	written = run_record_write(r, !err, err ? err->message : NULL);
	live_say(&r->live, now_ns() - r->start_ns, where);
	if (err && err->code == ERR_CANCELLED)
		err = err_wrap(err, "%zu of %zu cases ran", r->nr_records, r->plan.nr_cases);
	*status = exit_status(r);
	return err ? err : take_ptr(written);
}

static void say_line(void *arg, const char *text)
{
	struct run *r = arg;

	live_say(&r->live, now_ns() - r->start_ns, text);
}

struct err *run_cases(const struct run_options *o, int *status)
{
	struct run *r = xcalloc(1, sizeof(*r));
	struct err *err;

	r->o = o;
	r->cancel_fd = -1;
	r->start_ns = now_ns();
	r->say = (struct progress){ say_line, r };
	live_init(&r->live, stderr, 0);
	err = run_prepare(r);
	if (!err) {
		r->records = xcalloc(r->plan.nr_cases, sizeof(struct case_record *));
		r->live.total = r->plan.nr_cases;
		ktap_start(&r->ktap, stdout, r->plan.nr_cases);
		err = finish(r, run_plan(r), status);
	}
	live_deinit(&r->live, now_ns() - r->start_ns);
	run_deinit(r);
	return err;
}
