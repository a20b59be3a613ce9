/* SPDX-License-Identifier: GPL-2.0-only */
/* 'daxrig mutants': builds kernels with planted bugs, and checks that a verdict catches each. */
#include <stdio.h>
#include <string.h>

#include "base/files.h"
#include "base/glob.h"
#include "plan/cases.h"
#include "cmd/cmd.h"
#include "guests/build/profile.h"
#include "plan/mutants.h"
#include "host/paths.h"
#include "run/run.h"

#define SERIES_DEFAULT "7.2"
#define JOBS_MAX 64
#define TABLE "%-36s %-22s %-52s %s\n"

enum {
	KEY_MATCH = 256,
	KEY_SOURCE,
	KEY_PROFILE,
	KEY_PLAN,
	KEY_JOBS,
	KEY_ACCEL,
};

static struct {
	const char *match, *series, *profile, *plan;
	unsigned int jobs;
	enum accel_wish accel;
} options = { .series = SERIES_DEFAULT, .profile = PROFILE_DEFAULT };

struct list {
	struct mutant *v;
	size_t n;
};

static struct run_host host;

static void list_deinit(struct list *l)
{
	for (size_t i = 0; i < l->n; i++)
		mutant_deinit(&l->v[i]);
	free(l->v);
}

/* Reads the mutants that match and apply to the series. */
static struct err *read_list(const struct paths *p, struct list *out)
{
	struct library lib;
	struct err *err = library_mutants(p, &lib);

	for (size_t i = 0; !err && i < lib.n; i++) {
		struct mutant m;

		if (options.match && !glob_match(options.match, lib.v[i].name))
			continue;
		err = mutant_parse(lib.v[i].path, lib.v[i].text, &m);
		if (err || !mutant_words_have(&m.sources, options.series)) {
			mutant_deinit(&m);
			continue;
		}
		out->v = xrealloc(out->v, out->n + 1, sizeof(*out->v));
		out->v[out->n++] = m;
	}
	library_deinit(&lib);
	if (!err && !out->n)
		err = err_create(ERR_USAGE,
				 "no mutant '%s' applies to linux-source-%s; they are in "
				 "'%s/guests/mutants'",
				 options.match ? options.match : "*", options.series, p->home);
	return err;
}

static struct err *run_on(const char *kernel, char **cases, size_t n, const char *plan,
			  bool (*over)(void *arg, const struct case_record *rec), void *arg)
{
	static char *const argv[] = { "daxrig", "mutants", NULL };
	struct run_options o = {
		.kernel = kernel,
		.cases = cases,
		.nr_cases = (int)n,
		.plan = plan,
		.jobs = options.jobs,
		.accel = options.accel,
		.argv = (char **)argv,
		.say = &command_say,
		.over = over,
		.over_arg = arg,
		.host = &host,
	};
	int status = 0;

	return run_cases(&o, &status);
}

static bool take_clean(void *arg, const struct case_record *rec)
{
	clean_findings_add(arg, rec);
	return false;
}

/* Runs the kernel without a mutant, with all cases that any mutant will run. */
static struct err *run_clean(const struct list *l, struct clean_findings *clean)
{
	_cleanup_free_ char *kernel = xasprintf("src:%s+%s", options.series, options.profile);
	_cleanup_free_ char **cases = NULL;
	size_t n = 0;

	for (size_t i = 0; !options.plan && i < l->n; i++)
		for (size_t c = 0; c < l->v[i].cases.n; c++) {
			cases = xrealloc(cases, n + 1, sizeof(*cases));
			cases[n++] = l->v[i].cases.v[c];
		}
	return run_on(kernel, cases, n, options.plan, take_clean, clean);
}

struct
try {
	const struct mutant *mutant;
	const struct clean_findings *clean;
	struct mutant_result result;
};

static bool take_mutant(void *arg, const struct case_record *rec)
{
	struct try *t = arg;

	return mutant_result_add(&t->result, t->mutant, t->clean, rec);
}

static void print_result(const struct mutant *m, const struct mutant_result *r)
{
	_cleanup_free_ char *after = xasprintf("%zu case%s, %.1f s", r->cases,
					       r->cases == 1 ? "" : "s", (double)r->ns / 1e9);
	_cleanup_free_ char *other = r->other ? xasprintf("survived, but %s", r->other) :
						xstrdup("survived");

	if (r->caught_by)
		printf(TABLE, m->name, r->caught_by, r->in_case, after);
	else if (r->cases)
		printf(TABLE, m->name, other, "-", after);
	else
		printf(TABLE, m->name, "not run", "-", "no case came to a verdict");
	fflush(stdout);
}

/* Prints an error that concerns only this mutant, and goes on with the others. */
static struct err *try_one(const struct mutant *m, const struct clean_findings *clean,
			   size_t counts[3])
{
	_cleanup_free_ char *kernel = xasprintf("src:%s+%s+%s", options.series, options.profile,
						m->path);
	struct try t = { .mutant = m, .clean = clean };
	struct err *err = run_on(kernel, (char **)m->cases.v, options.plan ? 0 : m->cases.n,
				 options.plan, take_mutant, &t);

	if (err && (err->code == ERR_BUILD || err->code == ERR_TIMEOUT || err->code == ERR_USAGE)) {
		printf(TABLE, m->name, "not run", "-", err->message);
		err_free(take_ptr(err));
		counts[2]++;
	} else if (!err) {
		print_result(m, &t.result);
		counts[t.result.caught_by ? 0 : t.result.cases ? 1 : 2]++;
	}
	mutant_result_deinit(&t.result);
	return err;
}

static struct err *mutants(void *state, char **operands, int n, int *status)
{
	struct clean_findings clean = { 0 };
	size_t counts[3] = { 0 }; /* caught, survived, not run */
	struct list list = { NULL, 0 };
	struct paths p;
	struct err *err;

	(void)state;
	if (n)
		return err_create(
			ERR_USAGE,
			"unexpected '%s': 'mutants' takes no operands; --match selects some",
			operands[0]);
	err = paths_init(&p);
	if (err)
		return err;
	err = read_list(&p, &list);
	if (!err)
		err = run_clean(&list, &clean);
	if (!err)
		printf(TABLE, "mutant", "caught by", "in", "after");
	for (size_t i = 0; !err && i < list.n; i++)
		err = try_one(&list.v[i], &clean, counts);
	if (!err)
		printf("# %zu caught, %zu survived, %zu not run\n", counts[0], counts[1],
		       counts[2]);
	*status = counts[2] ? EXIT_INFRA : counts[1] ? EXIT_CASE_FAILED : EXIT_ALL_PASSED;
	run_host_close(&host);
	clean_findings_deinit(&clean);
	list_deinit(&list);
	paths_deinit(&p);
	return err;
}

static struct err *option(void *state, int key, const char *value)
{
	(void)state;
	switch (key) {
	case KEY_MATCH:
		return command_glob(value, &options.match);
	case KEY_SOURCE:
		options.series = value;
		break;
	case KEY_PROFILE:
		options.profile = value;
		return profile_check(value);
	case KEY_PLAN:
		options.plan = value;
		break;
	case KEY_ACCEL:
		return accel_wish_parse(value, &options.accel);
	default:
		return command_count("jobs", value, JOBS_MAX, &options.jobs);
	}
	return NULL;
}

static const struct command_option mutants_options[] = {
	{ "match", "GLOB", "only mutants whose name matches", KEY_MATCH },
	{ "source", "SERIES", "of linux-source; default " SERIES_DEFAULT, KEY_SOURCE },
	{ "profile", "NAME", PROFILE_NAMES "; default " PROFILE_DEFAULT, KEY_PROFILE },
	{ "plan", "NAME",
	  "run this plan until a case catches the mutant; default: the cases that\n"
	  "the mutant names",
	  KEY_PLAN },
	{ "jobs", "N", "guests at once; default: as 'run'", KEY_JOBS },
	{ "accel", "auto|kvm|tcg", "as of 'run'", KEY_ACCEL },
	{ NULL, NULL, NULL, 0 },
};

const struct command cmd_mutants = {
	.name = "mutants",
	.operands = "",
	.summary = "build kernels with planted bugs and check that each is caught",
	.help = "Each patch of guests/mutants/ puts one bug into a good kernel, and names the rules\n"
		"that must catch it. The kernel without a bug runs first: its own findings do not\n"
		"count. Builds are kept; the first takes about half an hour of processor time.\n"
		"Exit status: 0 all caught, 1 one survived, 2 usage, 3 one could not be run.\n",
	.options = mutants_options,
	.option = option,
	.run = mutants,
};
