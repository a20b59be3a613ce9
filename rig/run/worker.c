/* SPDX-License-Identifier: GPL-2.0-only */
/* One thread of a run: a guest, its devices, its cases. */
#include <stdio.h>
#include <string.h>

#include "base/files.h"
#include "run/coverage-private.h"
#include "run/nodes-private.h"
#include "run/worker-private.h"

/* After so many failed forks a run stops using its templates. */
#define FORK_FAILURES_MAX 3
/* After so many failed boots in a row the run ends: the host cannot start guests. */
#define BOOT_FAILURES_MAX 2

void worker_init(struct worker *w, struct run *r, unsigned int id)
{
	*w = (struct worker){ .run = r, .node = run_node_of(r, id), .own.bits = -1 };
	machine_init(&w->machine, &w->node->base, &r->geometry, r->host.leftover, id);
}

void worker_deinit(struct worker *w)
{
	machine_deinit(&w->machine);
}

static void drop_guest(struct worker *w)
{
	guest_destroy(w->guest);
	w->guest = NULL;
	close_fd(&w->own.bits);
	machine_drop_nvdimms(&w->machine);
}

/* Sets up the next guest: a new console file, and the template unless forks failed too often. */
static void next_guest(struct worker *w, const struct filesystem *fs)
{
	struct run *r = w->run;
	struct guest_setup *setup = &w->machine.setup;
	const struct run_template *t = run_template(r, fs);
	unsigned int number;

	pthread_mutex_lock(&r->lock);
	number = setup->number = ++r->guests;
	setup->template = r->no_template || !virt_is_private(w->node->virt) ? NULL : t->template;
	setup->coverage = setup->template && t->covered ? &t->coverage : NULL;
	setup->spec.cmdline = setup->template ? t->cmdline : r->base.spec.cmdline;
	pthread_mutex_unlock(&r->lock);
	machine_set_console(&w->machine,
			    xasprintf("%s/guests/console-%u.log", r->dir.path, number));
}

static void fork_failed(struct run *r, const char *why)
{
	bool last;

	pthread_mutex_lock(&r->lock);
	last = ++r->fork_failures == FORK_FAILURES_MAX;
	r->no_template |= last;
	pthread_mutex_unlock(&r->lock);
	progress_line(&r->note, "%s: %s",
		      last ? "every guest is booted from now on, which is slow" :
			     "booting this guest",
		      why);
}

static struct err *start_guest(struct worker *w, const struct filesystem *fs)
{
	struct guest_setup *setup = &w->machine.setup;
	struct err *err;

	next_guest(w, fs);
	if (setup->template) {
		err = run_coverage_begin(w->run, &w->own);
		if (!err && w->own.bits >= 0)
			setup->coverage = &w->own;
		if (!err)
			err = guest_boot(setup, &w->guest);
		if (!err || err->code == ERR_CANCELLED)
			return err;
		fork_failed(w->run, err->message);
		err_free(err);
		if (setup->coverage)
			progress_line(&w->run->note, "its coverage is not taken");
		setup->template = NULL;
		close_fd(&w->own.bits);
	}
	err = machine_make_nvdimms(&w->machine);
	if (!err)
		err = guest_boot(setup, &w->guest);
	if (err)
		machine_drop_nvdimms(&w->machine);
	return err;
}

/* Starts a guest for the next case, if needed. A failure goes to @rec, or ends the run. */
static struct err *need_guest(struct worker *w, const struct filesystem *fs,
			      struct case_record *rec)
{
	struct run *r = w->run;
	struct err *err;
	bool last;

	if (w->guest)
		return NULL;
	err = start_guest(w, fs);
	pthread_mutex_lock(&r->lock);
	r->boot_failures = err ? r->boot_failures + 1 : 0;
	/* when the first guest of a run does not start, no other will */
	last = r->boot_failures == BOOT_FAILURES_MAX || !r->reported;
	pthread_mutex_unlock(&r->lock);
	if (!err || err->code == ERR_CANCELLED || last)
		return err;
	case_record_add_error(rec, "no guest: %s", err->message);
	err_free(err);
	return NULL;
}

static struct case_record *new_record(struct run *r, const struct plan_case *c)
{
	struct case_record *rec = case_record_create(c->name);

	rec->scenario = xstrdup(c->text);
	rec->fs = c->fs ? xstrdup(c->fs->name) : NULL;
	rec->wants_dax = true;
	rec->wants_sights = true;
	rec->seed = r->o->seed;
	rec->started_ns = run_now(r);
	rec->timing.queue_ns = rec->started_ns - r->plan_ns;
	return rec;
}

/*
 * A guest runs as many cases as the plan's batch allows, while they pass. A guest that was
 * booted because the run has no template runs any number, since booting is slow.
 */
static bool keep_guest(const struct worker *w, const struct case_record *rec)
{
	const struct run *r = w->run;
	bool booted = !w->machine.setup.template;

	if (r->o->no_fork || w->own.bits >= 0)
		return false;
	return (booted || w->guest->cases < r->plan.batch) && !w->guest->spent &&
	       rec->verdict != VERDICT_FAIL && rec->verdict != VERDICT_ERROR;
}

/* Moves long texts of a guest from the record to a file of the case. */
static void bound_record(struct case_record *rec, struct rundir_case *dir)
{
	_cleanup_free_ char *text = run_json_case_text(rec), *path = NULL;
	_cleanup_err_ struct err *err = NULL;

	if (strlen(text) <= RUN_JSON_CASE_MAX)
		return;
	err = rundir_case_write(dir, "record.json", text, strlen(text), &path);
	case_record_trim(rec, path);
}

/* A signal to all processes of a session or service ends QEMU, too: that is no result. */
static bool was_cut(const struct run *r, const struct case_record *rec)
{
	return (rec->guest_end == GUEST_END_KILLED || rec->guest_end == GUEST_END_DIED ||
		rec->guest_end == GUEST_END_LINK) &&
	       run_cancelled(r);
}

/* The case begins anew elsewhere: what it left is removed. @err is what came of the loss. */
static struct err *give_back(struct worker *w, size_t place, struct rundir_case *dir,
			     struct case_record *rec, struct err *err)
{
	_cleanup_free_ char *folder = xasprintf("%s/%s", w->run->dir.path, dir->path);

	err_free(err);
	drop_guest(w);
	rundir_case_deinit(dir);
	case_record_destroy(rec);
	err = tree_remove(folder);
	return err ? err : run_node_give_back(w->run, w->node, place);
}

static struct err *run_case(struct worker *w, size_t place)
{
	struct run *r = w->run;
	const struct plan_case *c = &r->plan.cases[place];
	struct case_record *rec = new_record(r, c);
	struct rundir_case dir;
	struct err *err;

	if (c->bad) {
		case_record_add_error(rec, "%s", c->bad);
		case_record_judge(rec);
		run_case_over(r, place, rec);
		return NULL;
	}
	rundir_case_init(&dir, &r->dir, (unsigned int)place + 1, c->name);
	err = need_guest(w, c->fs, rec);
	rec->timing.fork_ns = run_now(r) - rec->started_ns;
	if (!err && w->guest) {
		rec->guest_end = GUEST_END_FINE;
		err = guest_run_case(w->guest, c, r->o->sabotage, r->o->seed, &dir, rec);
	}
	if (run_node_is_lost(w->node) && !run_cancelled(r) && !(err && err->code == ERR_CANCELLED))
		return give_back(w, place, &dir, rec, err);
	if (!err && was_cut(r, rec))
		err = err_create(ERR_CANCELLED, "interrupted");
	if (!err && w->guest && w->own.bits >= 0)
		err = run_coverage_keep(r, w->own.bits, place);
	if (err) {
		rundir_case_deinit(&dir);
		case_record_destroy(rec);
		return err;
	}
	case_record_add_timing(rec);
	case_record_judge(rec);
	known_mark(&r->known, r->kernel->release, rec);
	bound_record(rec, &dir);
	rundir_case_deinit(&dir);
	if (w->guest && !keep_guest(w, rec)) {
		uint64_t from = run_now(r);

		drop_guest(w);
		rec->timing.teardown_ns += run_now(r) - from;
	}
	run_case_over(r, place, rec);
	return NULL;
}

void *worker_main(void *worker)
{
	struct worker *w = worker;
	struct run *r = w->run;
	struct err *err = NULL;
	size_t place;

	while (!err && (place = run_node_take(r, w->node)) != SIZE_MAX) {
		err = run_case(w, place);
		/* an error comes first: who waits for this case ends by it */
		if (err)
			break;
		run_node_over(r);
	}
	drop_guest(w);
	if (!err)
		return NULL;
	pthread_mutex_lock(&r->lock);
	if (r->err)
		err_free(err);
	else
		r->err = err;
	pthread_mutex_unlock(&r->lock);
	run_node_over(r);
	return NULL;
}
