/* SPDX-License-Identifier: GPL-2.0-only */
/* Going on with a run that was interrupted or killed: what is left of it, in the same folder. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "base/files.h"
#include "base/version.h"
#include "run/resume-private.h"
#include "run/self-test.h"

/* "cannot resume '20261130-110549-4711': <why>" */
static struct err *refuse(const struct run *r, const char *fmt, ...) __printf(2, 3);

static struct err *refuse(const struct run *r, const char *fmt, ...)
{
	const char *slash = strrchr(r->own.resume, '/');
	_cleanup_free_ char *why = NULL;
	va_list ap;

	va_start(ap, fmt);
	why = xvasprintf(fmt, ap);
	va_end(ap);
	return err_create(ERR_USAGE, "cannot resume '%s': %s", slash ? slash + 1 : r->own.resume,
			  why);
}

/* The record's value of an option; one that was given must be the same. */
static struct err *take_text(const struct run *r, const char *option, const char **have,
			     const char *recorded)
{
	bool none = !recorded || !*recorded;

	if (*have && strcmp(*have, none ? "" : recorded))
		return refuse(r, "--%s '%s' contradicts the run, which has '%s': leave it out",
			      option, *have, none ? "none" : recorded);
	*have = none ? NULL : recorded;
	return NULL;
}

static struct err *take_number(const struct run *r, const char *option, unsigned int *have,
			       unsigned int recorded)
{
	if (*have && *have != recorded)
		return refuse(r, "--%s %u contradicts the run, which has %u: leave it out", option,
			      *have, recorded);
	*have = recorded;
	return NULL;
}

/* The list by which the run marks what is known; "" is the default. */
static struct err *take_known(struct run *r)
{
	const char *was = r->old.known_list, *given = r->own.known;

	if (given && *given && strcmp(given, was))
		return refuse(r, "--known '%s' contradicts the run, which has '%s': leave it out",
			      given, was);
	r->own.known = *was ? was : given;
	return NULL;
}

/* The kernel of the record's key, whatever a name such as deb:6.12 means today. */
static struct err *take_kernel(struct run *r)
{
	struct kernel_spec given = { .text = NULL }, was;
	struct err *err = NULL;
	bool same = true;

	if (r->own.kernel) {
		err = kernel_spec_parse(r->own.kernel, &given);
		if (err)
			return err;
		same = strcmp(given.text, r->old.kernel_spec) == 0;
		kernel_spec_deinit(&given);
	}
	if (!same)
		return refuse(r, "--kernel '%s' contradicts the run, which has '%s': leave it out",
			      r->own.kernel, r->old.kernel_spec);
	err = kernel_spec_parse(r->old.kernel_spec, &was);
	if (err)
		return err;
	r->own_kernel = was.kind == KERNEL_SPEC_FILE ? xstrdup(was.text) :
						       xasprintf("store:%s", r->old.kernel_key);
	kernel_spec_deinit(&was);
	r->own.kernel = r->own_kernel;
	return NULL;
}

static struct err *take_cases(struct run *r)
{
	const struct run_choices *c = &r->old.choices;
	bool same = r->own.nr_cases == (int)c->nr_cases;

	for (size_t i = 0; i < c->nr_cases; i++)
		if (path_is_stdin(c->cases[i]))
			return refuse(r, "its cases came from standard input");
	if (path_is_stdin(r->old.plan))
		return refuse(r, "its plan came from standard input");
	for (size_t i = 0; same && i < c->nr_cases; i++)
		same = strcmp(r->own.cases[i], c->cases[i]) == 0;
	if (r->own.nr_cases && !same)
		return refuse(r, "the run has other cases than '%s': leave them out",
			      r->own.cases[0]);
	r->own.cases = c->cases;
	r->own.nr_cases = (int)c->nr_cases;
	return take_text(r, "plan", &r->own.plan, r->old.plan);
}

static struct err *take_shard(struct run *r)
{
	struct plan_shard given = r->own.shard, was = { 0, 0 };
	struct err *err = *r->old.plan_shard ? plan_shard_parse(r->old.plan_shard, &was) : NULL;

	if (!err && given.of && (given.of != was.of || given.number != was.number))
		err = refuse(r, "--shard %u/%u contradicts the run, which has '%s': leave it out",
			     given.number, given.of, was.of ? r->old.plan_shard : "none");
	r->own.shard = was;
	return err;
}

static struct err *take_seed(struct run *r)
{
	uint64_t seed = strtoull(r->old.seed, NULL, 16);

	if (r->own.seed_given && (!r->old.plan_shuffled || r->own.seed != seed))
		return refuse(r, "--seed %llu contradicts the run, whose seed is %s: leave it out",
			      (unsigned long long)r->own.seed, r->old.seed);
	r->own.seed = seed;
	r->own.seed_given = r->old.plan_shuffled;
	return NULL;
}

static struct err *take_sabotage(struct run *r)
{
	enum sabotage was = SABOTAGE_NONE;
	struct err *err = *r->old.self_test ? self_test_parse(r->old.self_test, &was) : NULL;

	if (!err && r->own.sabotage && r->own.sabotage != was)
		err = refuse(r, "--self-test '%s' contradicts the run: leave it out",
			     self_test_name(r->own.sabotage));
	r->own.sabotage = was;
	return err;
}

static struct err *take_accel(struct run *r)
{
	enum accel_wish was = ACCEL_AUTO;
	struct err *err = r->old.choices.accel ? accel_wish_parse(r->old.choices.accel, &was) :
						 NULL;

	if (!err && r->own.accel != ACCEL_AUTO && r->own.accel != was)
		err = refuse(r, "--accel contradicts the run, which has '%s': leave it out",
			     accel_wish_name(was));
	r->own.accel = was;
	return err;
}

static struct err *take_options(struct run *r)
{
	const struct run_choices *c = &r->old.choices;
	struct err *err = take_kernel(r);

	if (!err)
		err = take_known(r);
	if (!err)
		err = take_cases(r);
	if (!err)
		err = take_text(r, "match", &r->own.match, r->old.plan_match);
	if (!err)
		err = take_shard(r);
	if (!err)
		err = take_seed(r);
	if (!err)
		err = take_sabotage(r);
	if (!err)
		err = take_accel(r);
	if (!err)
		err = take_text(r, "connect", &r->own.uri, c->uri);
	if (!err)
		err = take_text(r, "geometry", &r->own.geometry, c->geometry);
	if (!err)
		err = take_text(r, "night", &r->own.night, r->old.night);
	if (!err)
		err = take_text(r, "recheck-of", &r->own.recheck_of, r->old.recheck_of);
	if (!err)
		err = take_number(r, "repeat", &r->own.repeat, c->repeat);
	if (!err)
		err = take_number(r, "limit", &r->own.limit_s, c->limit_s);
	if (!err && r->own.no_fork && !c->no_fork)
		err = refuse(r, "--no-fork contradicts the run: leave it out");
	r->own.no_fork = c->no_fork;
	/* how many guests run at once changes no verdict */
	if (!r->own.jobs)
		r->own.jobs = c->jobs;
	return err;
}

struct err *run_resume_begin(struct run *r)
{
	_cleanup_free_ char *path = xasprintf("%s/run.json", r->o->resume);
	_cleanup_free_ char *packed = xasprintf("%s/" RUNDIR_PACKED, r->o->resume);
	struct err *err = NULL;

	r->own = *r->o;
	r->o = &r->own;
	if (!path_exists(path))
		return err_create(ERR_USAGE, "'%s' is not the folder of a run", r->own.resume);
	err = journal_lock(&r->journal, r->own.resume);
	if (!err)
		err = run_json_read_raw(path, &r->old);
	if (err)
		return err;
	r->is_complete = r->old.complete;
	if (r->is_complete)
		return NULL;
	if (!r->old.has_choices || !*r->old.plan_digest)
		return refuse(r, "an older daxrig wrote it, without what is needed for that");
	if (strcmp(r->old.version, DAXRIG_VERSION))
		return refuse(r, "daxrig was %s and is now " DAXRIG_VERSION "; start a new run",
			      r->old.version);
	if (path_exists(packed))
		return refuse(r, "its evidence is packed; start a new run");
	return take_options(r);
}

struct err *run_resume_check(struct run *r)
{
	if (strcmp(r->kernel->key, r->old.kernel_key))
		return refuse(r, "its kernel was '%s' and is now '%s'; start a new run",
			      r->old.kernel_key, r->kernel->key);
	if (strcmp(r->geometry_text, r->old.geometry))
		return refuse(r, "its geometry was '%s' and is now '%s'; start a new run",
			      r->old.geometry, r->geometry_text);
	if (strcmp(r->plan_digest, r->old.plan_digest))
		return refuse(r, "the plan changed: names or texts of its cases are others now; "
				 "start a new run");
	if (strcmp(r->image->key, r->old.image_key))
		return refuse(r, "the guest's agent or tools changed; start a new run");
	/* the name by which the user asked for it */
	free(r->kernel->spec);
	r->kernel->spec = xstrdup(r->old.kernel_spec);
	return NULL;
}

struct err *run_resume_check_accel(const struct run *r)
{
	const char *now = r->base.spec.accel == DOMAIN_ACCEL_KVM ? "kvm" : "tcg";

	/* a run that ended before it chose one has no case */
	if (!r->old.case_count || !strcmp(r->old.accel, now))
		return NULL;
	return refuse(r, "its guests ran with %s, now they would with %s; start a new run",
		      r->old.accel, now);
}

/* Does the record say nothing of the kernel because the run's end cut the case? */
static bool was_cut(const struct case_record *rec)
{
	if (rec->verdict != VERDICT_ERROR)
		return false;
	if (rec->guest_end == GUEST_END_KILLED)
		return true;
	for (size_t i = 0; i < rec->error_count; i++)
		if (!strncmp(rec->errors[i], "not run", strlen("not run")))
			return true;
	return false;
}

struct spot {
	const char *name;
	size_t place;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct spot *)a)->name, ((const struct spot *)b)->name);
}

/* The place of a case @name that has no record; SIZE_MAX: none. */
static size_t free_place(const struct run *r, const struct spot *spots, const char *name)
{
	const struct spot key = { name, 0 };
	const struct spot *end = spots + r->plan.nr_cases;
	const struct spot *s = bsearch(&key, spots, r->plan.nr_cases, sizeof(*spots), by_name);

	while (s && s > spots && !strcmp(s[-1].name, name))
		s--;
	for (; s && s < end && !strcmp(s->name, name); s++)
		if (!r->records[s->place])
			return s->place;
	return SIZE_MAX;
}

/* Moves the cases that are over from the old record to their places. */
static struct err *take_records(struct run *r, size_t *kept)
{
	_cleanup_free_ struct spot *spots = xcalloc(r->plan.nr_cases, sizeof(*spots));

	for (size_t i = 0; i < r->plan.nr_cases; i++)
		spots[i] = (struct spot){ r->plan.cases[i].name, i };
	qsort(spots, r->plan.nr_cases, sizeof(*spots), by_name);
	*kept = 0;
	for (size_t i = 0; i < r->old.case_count; i++) {
		struct case_record *rec = r->old.cases[i];
		size_t place;

		if (was_cut(rec))
			continue;
		place = free_place(r, spots, rec->name);
		if (place == SIZE_MAX)
			return refuse(r, "its case '%s' is not in the plan", rec->name);
		r->records[place] = rec;
		r->old.cases[i] = NULL;
		++*kept;
	}
	return NULL;
}

/* The files of cases that were cut: a case starts with none. */
static struct err *drop_leftovers(struct run *r)
{
	struct err *err = NULL;

	for (size_t i = 0; i < r->plan.nr_cases && !err; i++) {
		_cleanup_free_ char *path = NULL;
		struct rundir_case dir;

		if (r->records[i])
			continue;
		rundir_case_init(&dir, &r->dir, (unsigned int)i + 1, r->plan.cases[i].name);
		path = xasprintf("%s/%s", r->dir.path, dir.path);
		rundir_case_deinit(&dir);
		if (path_exists(path))
			err = tree_remove(path);
	}
	return err;
}

/* The highest number of a guest that the run started. */
static unsigned int last_guest(const struct run *r)
{
	_cleanup_free_ char *path = xasprintf("%s/guests", r->dir.path);
	DIR *dir = opendir(path);
	unsigned int last = 0, n;
	struct dirent *e;

	while (dir && (e = readdir(dir)))
		if (sscanf(e->d_name, "console-%u.log", &n) == 1)
			last = MAX(last, n);
	if (dir)
		closedir(dir);
	return last;
}

struct err *run_resume_adopt(struct run *r)
{
	size_t kept;
	struct err *err;

	rundir_open(&r->dir, r->own.resume);
	r->records = xcalloc(r->plan.nr_cases, sizeof(struct case_record *));
	err = take_records(r, &kept);
	if (!err)
		err = drop_leftovers(r);
	if (err)
		return err;
	r->guests = last_guest(r);
	r->generation = r->old.journal;
	r->start_ns -= r->old.duration_ns;
	snprintf(r->started, sizeof(r->started), "%s", r->old.started);
	for (size_t i = 0; i < r->old.nr_notes; i++)
		run_note(r, r->old.notes[i]);
	progress_line(&r->note, "resumed: %zu of %zu cases were over after %.0f s", kept,
		      r->plan.nr_cases, (double)r->old.duration_ns / 1e9);
	return NULL;
}
