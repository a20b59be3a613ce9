/* SPDX-License-Identifier: GPL-2.0-only */
/* 'daxrig mutants': builds kernels with planted bugs, and checks that a verdict catches each. */
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "guests/build/profile.h"
#include "host/paths.h"
#include "mutants/list.h"
#include "mutants/run.h"
#include "plan/cases.h"

#define SERIES_DEFAULT "7.2"
#define PLAN_MADE "quick" /* for mutants made by machine, which name no cases of their own */
#define CLEAN_DEFAULT 3
#define JOBS_MAX 64
#define GENERATE_MAX 10000
#define BATCH_MAX 8
#define TABLE "%-36s %-22s %-52s %s\n"

enum {
	KEY_MATCH = 256,
	KEY_SOURCE,
	KEY_PROFILE,
	KEY_PLAN,
	KEY_CLEAN,
	KEY_GENERATE,
	KEY_SEED,
	KEY_LIST,
	KEY_BATCH,
	KEY_JOBS,
	KEY_ACCEL,
};

static struct {
	struct mutant_wish wish;
	const char *plan;
	unsigned int jobs, clean, batch;
	enum accel_wish accel;
	bool seeded, list;
} options = {
	.wish = { .series = SERIES_DEFAULT, .profile = PROFILE_DEFAULT, .seed = 1 },
	.clean = CLEAN_DEFAULT,
	.batch = 1,
};

static void print_verdict(const struct mutant_entry *e, const struct verdict_lines *v)
{
	printf(TABLE, e->mutant.name, v->rule ? v->rule : "not run", v->in_case ? v->in_case : "-",
	       v->after);
	fflush(stdout);
}

static void print_list(const struct mutant_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct mutant_entry *e = &l->v[i];

		if (e->shown)
			printf("%s\n%s", e->mutant.name, e->shown);
		else
			printf("%-32s %s\n", e->mutant.name, e->mutant.what);
	}
}

/* What the runs of the clean kernel say of later verdicts. */
static void print_clean(const struct clean *c)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct clean_counts counts;

	clean_count(c, &counts);
	clean_tell(c, &text);
	fputs(buf_str(&text), stdout);
	printf("# %u run%s without a mutant: %zu of %zu cases came out the same each time; "
	       "%zu rules are masked\n",
	       c->runs, c->runs == 1 ? "" : "s", counts.steady, counts.cases, counts.masked);
	if (c->runs > 1)
		printf("# false catches: %zu; each of these runs judged by the others\n",
		       counts.false_catches);
	fflush(stdout);
}

static struct err *run_all(const struct paths *p, const struct mutant_list *l, int *status)
{
	struct mutants_run r = {
		.paths = p,
		.series = options.wish.series,
		.profile = options.wish.profile,
		.plan = options.plan,
		.jobs = options.jobs,
		.clean_runs = options.clean,
		.batch = options.batch,
		.accel = options.accel,
		.say = &command_say,
		.told = print_verdict,
	};
	struct err *err = mutants_run_clean(&r, l);

	if (!err) {
		print_clean(&r.clean);
		printf(TABLE, "mutant", "caught by", "in", "after");
		err = mutants_run_all(&r, l);
	}
	if (!err)
		printf("# %zu caught, %zu survived, %zu not run\n", r.caught, r.survived,
		       r.not_run);
	*status = r.not_run ? EXIT_INFRA : r.survived ? EXIT_CASE_FAILED : EXIT_ALL_PASSED;
	mutants_run_deinit(&r);
	return err;
}

static struct err *check_options(char **operands, int n)
{
	if (n)
		return err_create(
			ERR_USAGE,
			"unexpected '%s': 'mutants' takes no operands; --match selects some",
			operands[0]);
	if (options.seeded && !options.wish.generate)
		return err_create(ERR_USAGE, "--seed is for --generate, which says how many");
	if (options.batch > 1 && !options.wish.generate)
		return err_create(ERR_USAGE,
				  "--batch is for --generate: whether two mutants of the library "
				  "touch one function is not known");
	if (options.wish.generate && !options.plan)
		options.plan = PLAN_MADE;
	return NULL;
}

/* Before a kernel is built: is there such a plan? */
static struct err *check_plan(const struct paths *p)
{
	struct plan plan = { 0 };
	struct err *err = options.plan ? cases_from_plan(p, options.plan, &plan) : NULL;

	plan_deinit(&plan);
	return err;
}

static struct err *mutants(void *state, char **operands, int n, int *status)
{
	struct mutant_list list = { 0 };
	struct paths p;
	struct err *err = check_options(operands, n);

	(void)state;
	if (err)
		return err;
	err = paths_init(&p);
	if (err)
		return err;
	err = check_plan(&p);
	if (!err && options.wish.generate)
		err = paths_make(&p);
	if (!err)
		err = mutant_list_read(&p, &options.wish, &command_say, &list);
	if (!err && options.list)
		print_list(&list);
	if (!err && list.made)
		printf("# %s\n", list.made);
	if (!err && !options.list)
		err = run_all(&p, &list, status);
	mutant_list_deinit(&list);
	paths_deinit(&p);
	return err;
}

static struct err *option(void *state, int key, const char *value)
{
	(void)state;
	switch (key) {
	case KEY_MATCH:
		return command_glob(value, &options.wish.match);
	case KEY_SOURCE:
		options.wish.series = value;
		break;
	case KEY_PROFILE:
		options.wish.profile = value;
		return profile_check(value);
	case KEY_PLAN:
		options.plan = value;
		break;
	case KEY_CLEAN:
		return command_count("clean", value, CLEAN_RUNS_MAX, &options.clean);
	case KEY_GENERATE:
		return command_count("generate", value, GENERATE_MAX, &options.wish.generate);
	case KEY_SEED:
		options.seeded = parse_size(value, &options.wish.seed);
		if (!options.seeded)
			return err_create(ERR_USAGE, "'%s' is not a seed: expected a number",
					  value);
		break;
	case KEY_LIST:
		options.list = true;
		break;
	case KEY_BATCH:
		return command_count("batch", value, BATCH_MAX, &options.batch);
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
	  "the mutant names; with --generate: " PLAN_MADE,
	  KEY_PLAN },
	{ "clean", "N", "runs of the kernel without a mutant, at most 20; default 3", KEY_CLEAN },
	{ "generate", "N", "make N mutants by machine, and run them instead", KEY_GENERATE },
	{ "seed", "S", "which ones, with --generate; default 1", KEY_SEED },
	{ "list", NULL, "list the mutants, with the line that one made by machine changes",
	  KEY_LIST },
	{ "batch", "K",
	  "up to K of them, of different functions, share a kernel, and get kernels\n"
	  "of their own only if something catches it; at most 8, default 1",
	  KEY_BATCH },
	{ "jobs", "N", "guests at once; default: as 'run'", KEY_JOBS },
	{ "accel", "auto|kvm|tcg", "as of 'run'", KEY_ACCEL },
	{ NULL, NULL, NULL, 0 },
};

const struct command cmd_mutants = {
	.name = "mutants",
	.operands = "",
	.summary = "build kernels with planted bugs and check that each is caught",
	.help = "Each patch of guests/mutants/ puts one bug into a good kernel, and names the rules\n"
		"that must catch it. --generate draws others from the functions of\n"
		"reports/coverage/scope.txt. The kernel without a bug runs first, several times:\n"
		"cases that differ are left out, and rules that fail in a case do not count there.\n"
		"A mutant's run ends when something catches it. With a plan, verdicts are kept:\n"
		"after an interruption the same command goes on. Builds are kept; the first takes\n"
		"about half an hour of processor time.\n"
		"Exit status: 0 all caught, 1 one survived, 2 usage, 3 one could not be run.\n",
	.options = mutants_options,
	.option = option,
	.run = mutants,
};
