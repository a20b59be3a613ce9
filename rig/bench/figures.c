/* SPDX-License-Identifier: GPL-2.0-only */
/* Figures from the records of runs: forks, jobs, memory. */
#include <stdio.h>
#include <string.h>

#include "base/files.h"
#include "bench/bench.h"
#include "host/proc.h"

#define ROUNDS 2
#define JOBS_ROUNDS 3
/* 12 cases: both filesystems, three pins, two operations. */
#define SUBSET "*/[rv]*/mapped/[pz]*"
/* 24 cases: both filesystems, four pins, three operations. */
#define LARGER "*/*mapped/[pu]*"
#define SMAPS_MAX (16u << 20)
#define FORKS_MAX 64
#define LOOK_MS 50

static double seconds(uint64_t ns)
{
	return (double)ns / 1e9;
}

/* One kind of run, repeated. */
struct side {
	const char *args[12];
	struct samples whole; /* seconds a run */
	struct samples first; /* seconds from starting a guest to a case's first step */
	struct samples rate;  /* cases a minute */
	bool settled;	      /* the records have the time guests took to settle */
	uint64_t took_ns;     /* duration of the whole last run */
	size_t cases;
};

static void side_deinit(struct side *s)
{
	samples_deinit(&s->whole);
	samples_deinit(&s->first);
	samples_deinit(&s->rate);
}

static struct err *side_run(const struct bench *b, struct side *s)
{
	uint64_t start = now_ns();
	struct run_summary r;
	struct err *err = bench_run(b, s->args, NULL, &r);

	if (err)
		return err;
	s->took_ns = now_ns() - start;
	s->cases = r.case_count;
	samples_add(&s->whole, seconds(r.duration_ns));
	if (r.duration_ns)
		samples_add(&s->rate, 60 * (double)r.case_count / seconds(r.duration_ns));
	for (size_t i = 0; i < r.case_count; i++) {
		const struct case_timing *t = &r.cases[i]->timing;

		s->settled |= t->settle_ns != 0;
		/* without this it ran on a guest of an earlier case */
		if (t->fork_ns)
			samples_add(&s->first, seconds(t->fork_ns + t->settle_ns));
	}
	run_summary_deinit(&r);
	return NULL;
}

/* Runs x, y, x, y, ... until the deadline; only an error in the first round is returned. */
static struct err *alternate(const struct bench *b, struct side *x, struct side *y, int rounds)
{
	for (int i = 0; i < rounds; i++) {
		struct err *err;

		if (i && !bench_has_time(b, x->took_ns + y->took_ns))
			break;
		err = side_run(b, x);
		if (!err)
			err = side_run(b, y);
		if (err)
			return err;
	}
	return NULL;
}

static void set_jobs(const struct bench *b, struct side *s, const char *jobs)
{
	size_t n = 0;

	while (s->args[n])
		n++;
	if (b->has_jobs) {
		s->args[n++] = "--jobs";
		s->args[n] = jobs;
	}
}

void bench_warm(struct bench *b, struct figure *step, struct figure *plan)
{
	struct side warm = { .args = { "--match", SUBSET } };
	struct side cold = { .args = { "--match", SUBSET, "--no-fork" } };
	double a, c;
	struct err *err;

	set_jobs(b, &warm, "1");
	set_jobs(b, &cold, "1");
	err = alternate(b, &warm, &cold, ROUNDS);
	if (err) {
		figure_fail(plan, err_create(err->code, "%s", err->message));
		figure_fail(step, err);
		goto out;
	}
	a = samples_median(&warm.whole);
	c = samples_median(&cold.whole);
	figure_set(plan, c / a,
		   xasprintf("a run of the %zu cases of quick that match '%s', not "
			     "all of it, one job: %.1f s warm against %.1f s with "
			     "--no-fork, medians of %zu runs each, in turn",
			     warm.cases, SUBSET, a, c, warm.whole.n));
	a = samples_median(&warm.first);
	c = samples_median(&cold.first);
	if (a > 0 && c > 0)
		figure_set(step, c / a,
			   xasprintf("faster to %s: a fork in %.3f s "
				     "against a boot in %.3f s, medians of %zu and %zu "
				     "guests in %zu runs each, in turn",
				     warm.settled && cold.settled ?
					     "the first step" :
					     "the agent's hello (settling is not recorded)",
				     a, c, warm.first.n, cold.first.n, warm.whole.n));
	else
		figure_fail(step, err_create(ERR_INFRA, "the records hold no timing"));
out:
	side_deinit(&warm);
	side_deinit(&cold);
}

void bench_jobs(struct bench *b, struct figure *rate, struct figure *two)
{
	struct side one = { .args = { "--match", LARGER } };
	struct side both = { .args = { "--match", LARGER } };
	struct err *err;

	set_jobs(b, &one, "1");
	set_jobs(b, &both, "2");
	if (b->has_jobs)
		err = alternate(b, &one, &both, JOBS_ROUNDS);
	else
		err = side_run(b, &one);
	if (err) {
		figure_fail(rate, err_create(err->code, "%s", err->message));
		figure_fail(two, err);
		goto out;
	}
	figure_set(rate, samples_median(&one.rate),
		   xasprintf("warm, one job, from the program's start to its end, the %zu cases of "
			     "quick that match '%s': median of %zu runs",
			     one.cases, LARGER, one.rate.n));
	if (b->has_jobs)
		figure_set(two, samples_median(&both.rate) / samples_median(&one.rate),
			   xasprintf("cases a minute: two jobs %.1f against one %.1f, the "
				     "same %zu cases, medians of %zu runs each, in turn",
				     samples_median(&both.rate), samples_median(&one.rate),
				     one.cases, one.rate.n));
	else
		figure_fail(two, err_create(ERR_INFRA, "this daxrig has no --jobs"));
out:
	side_deinit(&one);
	side_deinit(&both);
}

void bench_oracles(struct bench *b, struct figure *f)
{
	struct side all = { .args = { "--match", LARGER } };
	struct side few = { .args = { "--match", LARGER, "--self-test", "splat-only" } };
	double a, c;
	struct err *err;

	set_jobs(b, &all, "1");
	set_jobs(b, &few, "1");
	err = alternate(b, &all, &few, ROUNDS);
	a = samples_median(&all.whole);
	c = samples_median(&few.whole);
	if (err)
		figure_fail(f, err);
	else
		figure_set(
			f, 100 * (a / c - 1),
			xasprintf(
				"more time with all oracles than with the kernel log and the waits "
				"alone: %.1f s against %.1f s, the %zu cases of quick that match "
				"'%s', one job, warm, medians of %zu runs each, in turn",
				a, c, all.cases, LARGER, all.whole.n));
	side_deinit(&all);
	side_deinit(&few);
}

void bench_coverage(struct bench *b, struct figure *f)
{
	struct side with = { .args = { "--match", LARGER, "--coverage" } };
	struct side without = { .args = { "--match", LARGER } };
	struct err *err;

	set_jobs(b, &with, "1");
	set_jobs(b, &without, "1");
	err = alternate(b, &with, &without, ROUNDS);
	if (err)
		figure_fail(f, err);
	else
		figure_set(
			f, 100 * (samples_median(&with.whole) / samples_median(&without.whole) - 1),
			xasprintf("more time with --coverage: %.1f s against %.1f s, the %zu cases "
				  "of quick that match '%s', one job, warm, medians of %zu runs "
				  "each, in turn",
				  samples_median(&with.whole), samples_median(&without.whole),
				  with.cases, LARGER, with.whole.n));
	side_deinit(&with);
	side_deinit(&without);
}

/* The most memory each fork of a run took. */
struct forks {
	const struct bench *b;
	char *templates, *guests;
	struct {
		pid_t pid;
		uint64_t most;
	} v[FORKS_MAX];
	size_t n;
};

static void look_at_fork(pid_t pid, void *arg)
{
	_cleanup_free_ char *path = xasprintf("/proc/%d/smaps", pid);
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_err_ struct err *err = NULL;
	struct forks *f = arg;
	uint64_t bytes;
	size_t i = 0;

	/* a QEMU that boots a template has its console in another folder */
	if (!proc_is_qemu_of(pid, f->guests))
		return;
	err = file_read(path, SMAPS_MAX, &text);
	if (err)
		return;
	bytes = smaps_beyond(buf_str(&text), f->templates);
	while (i < f->n && f->v[i].pid != pid)
		i++;
	if (i == FORKS_MAX)
		return;
	f->n = MAX(f->n, i + 1);
	f->v[i].pid = pid;
	f->v[i].most = MAX(f->v[i].most, bytes);
}

static void look_at_forks(void *arg)
{
	proc_for_each(look_at_fork, arg);
}

void bench_memory(struct bench *b, struct figure *f)
{
	struct forks forks = { .b = b };
	const struct watcher w = { look_at_forks, &forks, LOOK_MS };
	/* named cases have a fork each; in a batch a fork also keeps memory of earlier cases */
	struct side s = { .args = { "punch-waits", "--geometry", "vcpus=1" } };
	struct samples most = { 0 };
	struct run_summary r;
	struct err *err;

	forks.templates = xasprintf("%s/templates", b->paths.cache);
	forks.guests = xasprintf("%s/runs", b->out);
	set_jobs(b, &s, "1");
	err = bench_run(b, s.args, &w, &r);
	for (size_t i = 0; i < forks.n; i++)
		samples_add(&most, (double)forks.v[i].most / (1 << 20));
	if (!err && !most.n)
		err = err_create(ERR_INFRA, "no fork was seen");
	if (err)
		figure_fail(f, err);
	else
		figure_set(f, samples_median(&most),
			   xasprintf("PSS of a fork's QEMU without the template's pages it only "
				     "reads, at its most, looked at every %d ms: median of %zu "
				     "forks that serve a case each, one run",
				     LOOK_MS, most.n));
	if (!err)
		run_summary_deinit(&r);
	samples_deinit(&most);
	free(forks.templates);
	free(forks.guests);
}
