/* SPDX-License-Identifier: GPL-2.0-only */
#include "mutants/run.h"

#include <string.h>

#include "guests/store/kernel-list.h"
#include "guests/store/kernel-store.h"

#define CONFIRM_RUNS 5

/* Mutants that share a kernel. */
struct batch {
	const struct mutant_entry **v;
	size_t n;
};

struct attempt {
	struct mutants_run *run;
	const struct mutant *mutant;
	struct mutant_result result;
};

char *mutants_clean_kernel(const struct mutants_run *r)
{
	return xasprintf("src:%s+%s", r->series, r->profile);
}

void mutants_run_deinit(struct mutants_run *r)
{
	run_host_close(&r->host);
	clean_deinit(&r->clean);
	reach_deinit(&r->reach);
	if (r->keeps)
		kept_close(&r->kept);
}

/* What is common to all runs. */
static struct run_options options_of(struct mutants_run *r, const char *kernel)
{
	static char *const argv[] = { "daxrig", "mutants", NULL };

	return (struct run_options){
		.kernel = kernel,
		.plan = r->plan,
		.jobs = r->jobs,
		.accel = r->accel,
		.argv = (char **)argv,
		.say = r->say,
		.host = &r->host,
	};
}

/* Opens what is kept about the plan on the clean kernel, which must be in the store for that. */
static struct err *open_kept(struct mutants_run *r, const char *spec)
{
	_cleanup_kernel_ struct kernel *k = NULL;
	struct err *err = kernel_get(r->paths->data, spec, r->say, &k);

	if (err)
		return err;
	r->keeps = true;
	err = kept_open(r->paths, k->key, r->plan, &r->kept);
	if (!err)
		kept_read_clean(&r->kept, &r->clean);
	return err;
}

static bool take_clean(void *arg, const struct case_record *rec)
{
	clean_add(arg, rec);
	return false;
}

static struct err *run_clean(struct mutants_run *r, const char *kernel, char **cases, size_t n)
{
	struct run_options o = options_of(r, kernel);
	int status = 0;

	o.cases = cases;
	o.nr_cases = (int)n;
	o.over = take_clean;
	o.over_arg = &r->clean;
	return run_cases(&o, &status);
}

/* Learns which cases enter which functions; goes on without if that cannot be. */
static struct err *learn_reach(struct mutants_run *r, const char *kernel)
{
	_cleanup_free_ char *folder = kept_read_reach(&r->kept);
	struct run_options o = options_of(r, kernel);
	int status = 0;
	struct err *err = NULL;

	if (!folder) {
		progress_line(r->say, "a run of the kernel without a mutant, to see which cases "
				      "enter which functions");
		o.coverage = o.each_coverage = true;
		o.folder = &folder;
		err = run_cases(&o, &status);
		if (!err && folder)
			err = kept_write_reach(&r->kept, folder);
	}
	if (!err && folder)
		err = reach_read(r->paths, folder, &r->reach);
	if (err && err->code != ERR_CANCELLED) {
		progress_line(r->say, "the cases run in the order of the plan: %s", err->message);
		reach_deinit(&r->reach);
		err_free(take_ptr(err));
	}
	return err;
}

struct err *mutants_run_clean(struct mutants_run *r, const struct mutant_list *l)
{
	_cleanup_free_ char *kernel = mutants_clean_kernel(r);
	_cleanup_free_ char **cases = NULL;
	struct err *err = r->plan ? open_kept(r, kernel) : NULL;
	size_t n = 0;

	for (size_t i = 0; !r->plan && i < l->n; i++)
		for (size_t c = 0; c < l->v[i].mutant.cases.n; c++) {
			cases = xrealloc(cases, n + 1, sizeof(*cases));
			cases[n++] = l->v[i].mutant.cases.v[c];
		}
	while (!err && r->clean.runs < r->clean_runs) {
		progress_line(r->say, "run %u of %u of the kernel without a mutant",
			      r->clean.runs + 1, r->clean_runs);
		clean_begin(&r->clean);
		err = run_clean(r, kernel, cases, n);
		if (!err && r->keeps)
			err = kept_write_clean(&r->kept, &r->clean);
	}
	if (!err && r->keeps && l->n && l->v[0].function)
		err = learn_reach(r, kernel);
	return err;
}

static bool take_mutant(void *arg, const struct case_record *rec)
{
	struct attempt *a = arg;

	return mutant_result_add(&a->result, a->mutant, &a->run->clean, rec);
}

static void count(struct mutants_run *r, const struct mutant_entry *e,
		  const struct verdict_lines *v)
{
	*(!v->rule ? &r->not_run : v->caught ? &r->caught : &r->survived) += 1;
	r->told(e, v);
}

static struct err *keep(struct mutants_run *r, const struct mutant_entry *e,
			const struct verdict_lines *v)
{
	count(r, e, v);
	return r->keeps && v->rule ?
		       kept_write(&r->kept, e->mutant.name, e->text, r->clean.runs, v) :
		       NULL;
}

static char *survived(const struct mutant_result *r)
{
	return r->other	 ? xasprintf("survived, but %s", r->other) :
	       r->masked ? xasprintf("survived, masked: %s", r->masked) :
			   xstrdup("survived");
}

static void verdict_of(const struct mutant_result *r, size_t others, struct verdict_lines *v)
{
	struct buf after = BUF_INIT;

	*v = (struct verdict_lines){ .caught = r->caught_by };
	if (!r->cases) {
		v->after = xasprintf("no case came to a verdict, %zu ended in error", r->errors);
		return;
	}
	v->rule = r->caught_by ? xstrdup(r->caught_by) : survived(r);
	v->in_case = xstrdup(r->in_case ? r->in_case : "-");
	buf_addf(&after, "%zu case%s, %.1f s", r->cases, r->cases == 1 ? "" : "s",
		 (double)r->ns / 1e9);
	if (r->errors)
		buf_addf(&after, ", %zu ended in error", r->errors);
	if (others)
		buf_addf(&after, ", with %zu other%s", others, others == 1 ? "" : "s");
	v->after = buf_take(&after);
}

/* Does the error say that this kernel cannot be had or booted? */
static bool is_its_own(const struct err *err)
{
	return err->code == ERR_BUILD || err->code == ERR_TIMEOUT || err->code == ERR_USAGE;
}

static char *kernel_with(const struct mutants_run *r, const struct batch *b)
{
	_cleanup_free_ char *clean = mutants_clean_kernel(r);
	struct buf spec = BUF_INIT;

	buf_adds(&spec, clean);
	for (size_t i = 0; i < b->n; i++)
		buf_addf(&spec, "+%s", b->v[i]->mutant.path);
	return buf_take(&spec);
}

/* Kernels of mutants that a machine made are many, and quick to build again. */
static void drop_kernel(const struct mutants_run *r, const char *spec)
{
	_cleanup_free_ char *store = xasprintf("%s/kernels", r->paths->data), *key = NULL;
	struct kernel *k = NULL;
	struct err *err = kernel_find(r->paths->data, spec, &k);

	if (k)
		key = xstrdup(k->key);
	kernel_free(k);
	if (!err && key)
		err = store_remove(store, key);
	if (err)
		progress_line(r->say, "cannot remove a mutant's kernel: %s", err->message);
	err_free(err);
}

/* The cases that enter the functions of the mutants; borrowed names, free() the array. */
static const char **first_cases(const struct mutants_run *r, const struct batch *b, size_t *n)
{
	const char **v = NULL;

	*n = 0;
	for (size_t i = 0; i < b->n; i++) {
		const char *name = b->v[i]->function;
		const struct reach_function *f = name ? reach_find(&r->reach, name) : NULL;

		for (size_t c = 0; f && c < f->n; c++) {
			v = xrealloc(v, *n + 1, sizeof(*v));
			v[(*n)++] = f->cases[c];
		}
	}
	return v;
}

/* The cases of the plan that one made by machine names; NULL: all. */
static const char *match_of(const struct mutants_run *r, const struct mutant_entry *e)
{
	return r->plan && e->function ? e->mutant.cases.v[0] : NULL;
}

static struct err *attempt(struct mutants_run *r, const struct batch *b, struct attempt *a)
{
	/* whatever fails in a kernel with several may be of any of them */
	static const struct mutant any = { .rules = { { (char *)MUTANT_ANY_RULE }, 1 } };
	_cleanup_free_ char *kernel = kernel_with(r, b);
	const struct mutant_entry *first = b->v[0];
	struct run_options o = options_of(r, kernel);
	_cleanup_free_ const char **names = first_cases(r, b, &o.nr_first);
	int status = 0;
	struct err *err;

	*a = (struct attempt){ .run = r, .mutant = b->n > 1 ? &any : &first->mutant };
	o.cases = (char **)first->mutant.cases.v;
	o.nr_cases = r->plan ? 0 : (int)first->mutant.cases.n;
	o.match = match_of(r, first);
	o.first = names;
	o.over = take_mutant;
	o.over_arg = a;
	err = run_cases(&o, &status);
	if (first->function)
		drop_kernel(r, kernel);
	return err;
}

struct confirmation {
	struct clean *clean;
	const char *in_case;
	bool varies;
};

static bool take_again(void *arg, const struct case_record *rec)
{
	struct confirmation *c = arg;

	c->varies = clean_varies(c->clean, c->in_case, rec);
	return c->varies;
}

/*
 * Runs the case that caught a mutant again without it: where a race decides the outcome, the few
 * clean runs may all have missed what this one saw. *@varies: then the case says nothing.
 */
static struct err *confirm(struct mutants_run *r, const char *in_case, bool *varies)
{
	_cleanup_free_ char *kernel = mutants_clean_kernel(r), *name = xstrdup(in_case);
	struct confirmation c = { &r->clean, name, false };
	struct run_options o = options_of(r, kernel);
	char *cases[] = { name };
	int status = 0;
	struct err *err;

	o.cases = cases;
	o.nr_cases = !r->plan;
	o.match = r->plan ? name : NULL;
	o.repeat = CONFIRM_RUNS;
	o.over = take_again;
	o.over_arg = &c;
	err = run_cases(&o, &status);
	*varies = c.varies;
	if (!err && c.varies)
		progress_line(r->say, "'%s' varies without a mutant, too, and is left out", name);
	return !err && c.varies && r->keeps ? kept_write_clean(&r->kept, &r->clean) : err;
}

/* Runs a mutant until a case that does not vary catches it. */
static struct err *attempt_surely(struct mutants_run *r, const struct batch *b, struct attempt *a)
{
	bool varies = true;
	struct err *err = NULL;

	while (!err && varies) {
		err = attempt(r, b, a);
		varies = false;
		if (!err && b->n == 1 && a->result.caught_by)
			err = confirm(r, a->result.in_case, &varies);
		if (!err && varies)
			mutant_result_deinit(&a->result);
	}
	return err;
}

/* Tells the mutants of a kernel apart: unless all survive, each half gets a kernel of its own. */
static struct err *judge(struct mutants_run *r, const struct batch *b)
{
	struct batch halves[] = { { b->v, b->n / 2 }, { b->v + b->n / 2, b->n - b->n / 2 } };
	struct attempt a;
	struct err *err = attempt_surely(r, b, &a);
	bool alone = b->n == 1, split = !alone && (err || a.result.caught_by || !a.result.cases);

	if (err && !is_its_own(err)) {
		mutant_result_deinit(&a.result);
		return err;
	}
	if (err && alone)
		count(r, b->v[0], &(struct verdict_lines){ .after = err->message });
	for (size_t i = 0; !err && !split && i < b->n; i++) {
		struct verdict_lines v;

		verdict_of(&a.result, b->n - 1, &v);
		err = keep(r, b->v[i], &v);
		verdict_lines_deinit(&v);
	}
	if (err && is_its_own(err))
		err_free(take_ptr(err));
	for (size_t i = 0; !err && split && i < ARRAY_SIZE(halves); i++)
		err = judge(r, &halves[i]);
	mutant_result_deinit(&a.result);
	return err;
}

/* May @e share a kernel with the mutants of @b? */
static bool fits(const struct mutants_run *r, const struct batch *b, const struct mutant_entry *e)
{
	for (size_t i = 0; i < b->n; i++)
		if (!e->function || !b->v[i]->function ||
		    strcmp(b->v[i]->function, e->function) == 0 ||
		    strcmp(match_of(r, b->v[i]), match_of(r, e)))
			return false;
	return b->n < r->batch;
}

struct err *mutants_run_all(struct mutants_run *r, const struct mutant_list *l)
{
	_cleanup_free_ const struct mutant_entry **members = xcalloc(l->n + 1, sizeof(*members));
	_cleanup_free_ bool *done = xcalloc(l->n + 1, sizeof(*done));
	struct err *err = NULL;

	for (size_t i = 0; r->keeps && i < l->n; i++) {
		struct verdict_lines v;

		done[i] = kept_read(&r->kept, l->v[i].mutant.name, l->v[i].text, r->clean.runs, &v);
		if (done[i])
			count(r, &l->v[i], &v);
		verdict_lines_deinit(&v);
	}
	for (size_t i = 0; !err && i < l->n; i++) {
		struct batch b = { members, 0 };

		for (size_t k = i; !done[i] && k < l->n; k++) {
			if (done[k] || !fits(r, &b, &l->v[k]))
				continue;
			members[b.n++] = &l->v[k];
			done[k] = k != i;
		}
		if (b.n)
			err = judge(r, &b);
	}
	return err;
}
