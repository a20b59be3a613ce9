/* SPDX-License-Identifier: GPL-2.0-only */
#include "nightly/night-private.h"

#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "guests/store/kernel-spec.h"
#include "host/runs.h"
#include "plan/cases.h"
#include "reports/record/run-json.h"
#include "reports/record/rundir.h"

#define PACK_AGE_S (7 * 86400)

/* Brings the index and n->h up to date with the records. */
static struct err *night_look(struct night *n)
{
	_cleanup_free_ char *why = NULL;
	size_t skipped;
	struct err *err = index_update(n->ix, n->runs, &n->known, &skipped, &why);

	if (err)
		return err;
	if (skipped)
		progress_line(n->o->say, "%zu records left out: %s", skipped, why);
	history_deinit(&n->h);
	/* what somebody ran by hand makes nothing less new */
	return index_load(n->ix, n->runs, &(struct index_filter){ .nights = true }, &n->h);
}

/* The run of this night of the kernel @spec (its full form), or HISTORY_NONE. */
static uint32_t night_find(const struct night *n, const char *spec)
{
	for (uint32_t i = (uint32_t)n->h.nr_runs; i-- > 0;) {
		const struct history_run *r = &n->h.runs[i];

		if (strcmp(r->night, n->state.id) == 0 && strcmp(r->spec, spec) == 0 &&
		    strcmp(r->plan, n->file->plan) == 0)
			return i;
	}
	return HISTORY_NONE;
}

struct run_options night_run_options(struct night *n, const char *spec)
{
	struct run_options o = {
		.kernel = spec,
		.plan = n->file->plan,
		.shard = n->file->shard,
		.jobs = n->file->jobs,
		.vmcores = n->file->vmcores,
		.argv = n->o->argv,
		.night = n->state.id,
		.known = n->file->known ? n->file->known : "",
		.say = n->o->say,
		.host = &n->host,
	};

	if (n->file->budget_ns) {
		uint64_t spent = (uint64_t)MAX(time(NULL) - n->state.begun, 0) * 1000000000;

		/* a moment of the past is still one */
		o.deadline_ns = now_ns() + n->file->budget_ns - MIN(n->file->budget_ns, spent);
	}
	return o;
}

/* Writes the record of a kernel that could not be run, so that every night has all kernels. */
static struct err *record_untested(struct night *n, const char *spec, const char *reason)
{
	char started[RUN_JSON_TIME];
	time_t now = time(NULL);
	struct run_record run = { .version = "",
				  .started = started,
				  .plan_name = n->file->plan,
				  .kernel_spec = spec,
				  .night = n->state.id,
				  .argv = (const char *const *)n->o->argv,
				  .end_reason = reason };
	_cleanup_free_ char *path = NULL;
	struct rundir dir;
	struct err *err;

	run_json_time(now, started);
	/* the name of a folder has seconds, in which several kernels may fail */
	err = rundir_create(&dir, n->paths.data, now, getpid());
	for (int later = 1; err && later < NIGHT_KERNELS_MAX; later++) {
		err_free(err);
		err = rundir_create(&dir, n->paths.data, now + later, getpid());
	}
	if (err)
		return err;
	path = xasprintf("%s/run.json", dir.path);
	rundir_deinit(&dir);
	return run_json_write(&run, path);
}

/*
 * Ends the error of a kernel that is at fault itself, or whose run has a record that says
 * why it ended. What would hit the next kernel as well is returned.
 */
static struct err *survive(struct night *n, const char *spec, const char *folder, struct err *err)
{
	struct err *bad = NULL;

	if (!err || err->code == ERR_CANCELLED)
		return err;
	progress_line(n->o->say, "%s: %s", spec, err->message);
	if (!folder)
		bad = record_untested(n, spec, err->message);
	err_free(err);
	return bad;
}

/* Is anything of @run left to do? */
static bool is_over(const struct history_run *run)
{
	/* one that was killed, or interrupted, says nothing against the kernel */
	bool cut = !run->complete && (!*run->untested || strcmp(run->untested, "interrupted") == 0);

	return !cut;
}

static struct err *run_kernel(struct night *n, const char *spec)
{
	uint32_t run = night_find(n, spec);
	_cleanup_free_ char *folder = NULL, *resume = NULL;
	struct run_options o = night_run_options(n, spec);
	int status = 0;
	struct err *err;

	if (run != HISTORY_NONE && is_over(&n->h.runs[run]))
		return NULL;
	if (run != HISTORY_NONE) {
		resume = xstrndup(n->h.runs[run].path, (size_t)(strrchr(n->h.runs[run].path, '/') -
								n->h.runs[run].path));
		o.resume = resume;
	}
	o.folder = &folder;
	progress_line(n->o->say, "%s: %s plan %s", spec, resume ? "going on with" : "running",
		      n->file->plan);
	err = run_cases(&o, &status);
	if (err && err->code == ERR_USAGE && resume) {
		/* the kernel or daxrig are others now: what was over does not count for them */
		progress_line(n->o->say, "%s", err->message);
		err_free(err);
		o.resume = NULL;
		err = run_cases(&o, &status);
	}
	return survive(n, spec, folder, err);
}

/* The status of the night is the worst of its kernels; what is new comes before what is broken. */
static void add_status(struct night *n, int status)
{
	if (status == 1 || (status && !n->status))
		n->status = status;
}

static struct err *do_kernel(struct night *n, const char *word)
{
	struct kernel_spec spec;
	struct err *err = kernel_spec_parse(word, &spec);
	uint32_t run;

	if (err)
		return err;
	err = run_kernel(n, spec.text);
	if (!err)
		err = night_look(n);
	run = err ? HISTORY_NONE : night_find(n, spec.text);
	if (run != HISTORY_NONE && n->file->recheck && !*n->h.runs[run].untested) {
		err = survive(n, spec.text, "", night_recheck(n, run));
		if (!err)
			err = night_look(n);
		run = err ? HISTORY_NONE : night_find(n, spec.text);
	}
	if (run != HISTORY_NONE) {
		night_publish(n, run);
		night_print(n, run);
		add_status(n, history_exit_status(&n->h.runs[run]));
	}
	kernel_spec_deinit(&spec);
	return err;
}

/* Reads the list of the night; without a line "known" the one that is installed. */
static struct err *read_known(const struct paths *p, const struct night_file *file,
			      struct known *out)
{
	_cleanup_free_ char *path = file->known ? xstrdup(file->known) : paths_known(p);

	return strcmp(path, RUN_KNOWN_NONE) == 0 ? NULL : known_read(path, out);
}

/* A mistake in the plan is nothing that a kernel is untested for. */
static struct err *check_plan(const struct paths *p, const struct night_file *file)
{
	struct plan plan = { 0 };
	struct err *err = cases_from_plan(p, file->plan, &plan);

	plan_deinit(&plan);
	return err;
}

struct err *night_check(const struct night_file *file)
{
	struct known known = { 0 };
	struct paths p;
	struct err *err = paths_init(&p);

	if (err)
		return err;
	err = check_plan(&p, file);
	if (!err)
		err = read_known(&p, file, &known);
	known_deinit(&known);
	paths_deinit(&p);
	return err;
}

/* Older evidence is packed after a week; what the file keeps no longer is removed. */
static struct err *make_room(struct night *n)
{
	const struct run_limits limits = { n->file->keep_s, n->file->keep_bytes };
	struct err *err = runs_pack(n->paths.data, PACK_AGE_S, n->o->say);

	if (!err && limits.bytes)
		err = runs_prune(n->paths.data, &limits, n->o->say);
	return err;
}

static struct err *begin(struct night *n)
{
	_cleanup_free_ char *folder = NULL, *db = NULL;
	struct err *err = paths_init(&n->paths);

	if (!err)
		err = paths_make(&n->paths);
	if (err)
		return err;
	folder = xasprintf("%s/nights", n->paths.data);
	db = xasprintf("%s/history.db", n->paths.cache);
	n->runs = xasprintf("%s/runs", n->paths.data);
	err = check_plan(&n->paths, n->file);
	if (!err)
		err = night_state_begin(folder, n->o->path, time(NULL), &n->state);
	if (!err)
		err = read_known(&n->paths, n->file, &n->known);
	if (!err)
		err = index_open(db, &n->ix);
	if (!err)
		err = night_look(n);
	if (!err)
		progress_line(n->o->say, "night %s%s", n->state.id,
			      n->state.resumed ? ", which was interrupted, goes on" : "");
	return err;
}

static void end(struct night *n)
{
	history_deinit(&n->h);
	index_close(n->ix);
	known_deinit(&n->known);
	run_host_close(&n->host);
	night_state_deinit(&n->state);
	free(n->runs);
	paths_deinit(&n->paths);
}

struct err *night_run(const struct night_options *o, int *status)
{
	struct night n = { .o = o, .file = o->file, .state = { .fd = -1 } };
	struct err *err = begin(&n);

	for (size_t i = 0; i < o->file->nr_kernels && !err; i++)
		err = do_kernel(&n, o->file->kernels[i]);
	if (!err)
		err = make_room(&n);
	if (!err)
		err = night_state_over(&n.state);
	*status = n.status;
	end(&n);
	return err;
}
