/* SPDX-License-Identifier: GPL-2.0-only */
/* One thread of a run: a guest, its devices, its cases. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "run/private.h"

/* A template whose forks fail this often is no good. */
#define FORK_FAILURES_MAX 3
/* A host that cannot start a guest this many times in a row will not at all. */
#define BOOT_FAILURES_MAX 2

void worker_init(struct worker *w, struct run *r, unsigned int id)
{
	struct domain_spec *s = &w->setup.spec;
	const char *folder = leftover_folder(r->host.leftover);

	*w = (struct worker){ .run = r, .id = id, .setup = r->base };
	s->channel = xasprintf("%s/agent-%u", folder, id);
	s->gdb = xasprintf("%s/gdb-%u", folder, id);
	s->console = xasprintf("%s/probe.log", folder);
	s->nvdimms = w->nvdimms;
	s->nvdimm_count = r->geometry.nvdimms;
	for (unsigned int i = 0; i < r->geometry.nvdimms; i++)
		w->nvdimms[i] = (struct domain_nvdimm){ NULL, r->geometry.size[i],
							r->geometry.label_size, r->geometry.align };
}

void worker_deinit(struct worker *w)
{
	free((char *)w->setup.spec.channel);
	free((char *)w->setup.spec.gdb);
	free((char *)w->setup.spec.console);
}

struct err *worker_make_nvdimms(struct worker *w)
{
	struct run *r = w->run;
	const char *folder = nvdimm_folder(geometry_nvdimm_total(&r->geometry),
					   leftover_shared(r->host.leftover),
					   leftover_folder(r->host.leftover));
	struct err *err = NULL;

	for (unsigned int i = 0; i < r->geometry.nvdimms && !err; i++) {
		char *path = xasprintf("%s/nvdimm-%u-%u", folder, w->id, i);

		w->nvdimms[i].path = path;
		err = nvdimm_create(path, r->geometry.size[i]);
	}
	return err;
}

void worker_drop_nvdimms(struct worker *w)
{
	for (unsigned int i = 0; i < w->run->geometry.nvdimms; i++) {
		char *path = (char *)w->nvdimms[i].path;

		if (path)
			unlink(path);
		free(path);
		w->nvdimms[i].path = NULL;
	}
}

static void drop_guest(struct worker *w)
{
	guest_destroy(w->guest);
	w->guest = NULL;
	worker_drop_nvdimms(w);
}

/* A new console file, and the template as long as it serves. */
static void next_guest(struct worker *w, const struct filesystem *fs)
{
	struct run *r = w->run;
	const struct run_template *t = run_template(r, fs);
	unsigned int number;

	pthread_mutex_lock(&r->lock);
	number = w->setup.number = ++r->guests;
	w->setup.template = r->no_template ? NULL : t->template;
	w->setup.spec.cmdline = w->setup.template ? t->cmdline : r->base.spec.cmdline;
	pthread_mutex_unlock(&r->lock);
	free((char *)w->setup.spec.console);
	w->setup.spec.console = xasprintf("%s/guests/console-%u.log", r->dir.path, number);
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
	struct err *err;

	next_guest(w, fs);
	if (w->setup.template) {
		err = guest_boot(&w->setup, &w->guest);
		if (!err || err->code == ERR_CANCELLED)
			return err;
		fork_failed(w->run, err->message);
		err_free(err);
		w->setup.template = NULL;
	}
	err = worker_make_nvdimms(w);
	if (!err)
		err = guest_boot(&w->setup, &w->guest);
	if (err)
		worker_drop_nvdimms(w);
	return err;
}

/* A guest for the next case; the reason why there is none goes to @rec or ends the run. */
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
	/* the first guest of a run that does not come up: no other will */
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
	rec->fs = xstrdup(c->fs->name);
	rec->wants_dax = true;
	rec->wants_sights = true;
	rec->seed = r->o->seed;
	rec->started_ns = run_now(r);
	rec->timing.queue_ns = rec->started_ns - r->plan_ns;
	return rec;
}

/*
 * A guest serves as many cases as the plan says, while they pass; one that was booted
 * because there is no template, which takes long, as many as there are.
 */
static bool keep_guest(const struct worker *w, const struct case_record *rec)
{
	const struct run *r = w->run;
	bool booted = !w->setup.template;

	if (r->o->no_fork)
		return false;
	return (booted || w->guest->cases < r->plan.batch) && !w->guest->spent &&
	       rec->verdict != VERDICT_FAIL && rec->verdict != VERDICT_ERROR;
}

/* What a guest has to say at length goes to a file of the case, not to run.json. */
static void bound_record(struct case_record *rec, struct rundir_case *dir)
{
	_cleanup_free_ char *text = run_json_case_text(rec), *path = NULL;
	_cleanup_err_ struct err *err = NULL;

	if (strlen(text) <= RUN_JSON_CASE_MAX)
		return;
	err = rundir_case_write(dir, "record.json", text, strlen(text), &path);
	case_record_trim(rec, path);
}

static struct err *run_case(struct worker *w, size_t place)
{
	struct run *r = w->run;
	const struct plan_case *c = &r->plan.cases[place];
	struct case_record *rec = new_record(r, c);
	struct rundir_case dir;
	struct err *err;

	rundir_case_init(&dir, &r->dir, (unsigned int)place + 1, c->name);
	err = need_guest(w, c->fs, rec);
	rec->timing.fork_ns = run_now(r) - rec->started_ns;
	if (!err && w->guest) {
		rec->guest_end = GUEST_END_FINE;
		err = guest_run_case(w->guest, c, r->o->sabotage, r->o->seed, &dir, rec);
	}
	if (err) {
		rundir_case_deinit(&dir);
		case_record_destroy(rec);
		return err;
	}
	case_record_add_timing(rec);
	case_record_judge(rec);
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

/* The next case's place, or SIZE_MAX. */
static size_t take_case(struct run *r)
{
	size_t place = SIZE_MAX;

	pthread_mutex_lock(&r->lock);
	if (!r->err && run_cancelled(r))
		r->err = err_create(ERR_CANCELLED, "interrupted");
	if (!r->err && !r->enough && r->next < r->plan.nr_cases) {
		place = r->next++;
		render_begin(&r->live, run_now(r), r->plan.cases[place].name);
	}
	pthread_mutex_unlock(&r->lock);
	return place;
}

void *worker_main(void *worker)
{
	struct worker *w = worker;
	struct run *r = w->run;
	struct err *err = NULL;
	size_t place;

	while (!err && (place = take_case(r)) != SIZE_MAX)
		err = run_case(w, place);
	drop_guest(w);
	if (!err)
		return NULL;
	pthread_mutex_lock(&r->lock);
	if (r->err)
		err_free(err);
	else
		r->err = err;
	pthread_mutex_unlock(&r->lock);
	return NULL;
}
