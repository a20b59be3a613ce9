// SPDX-License-Identifier: GPL-2.0-only
#include "bisect/runner.h"

#include <string.h>
#include <sys/random.h>

#include "base/files.h"
#include "plan/cases.h"

#define SHOWN 3 /* number of case names listed in the message */
#define SCENARIO_MAX ((size_t)1 << 20)

/* Requires exactly one case: with several, the finding would be ambiguous. */
static struct err *choose_case(struct runner *r, const struct plan *plan)
{
	_cleanup_buf_ struct buf names = BUF_INIT;

	if (plan->nr_cases == 1) {
		r->name = xstrdup(plan->cases[0].name);
		r->text = xstrdup(plan->cases[0].text);
		return NULL;
	}
	if (!plan->nr_cases)
		return err_create(ERR_USAGE, "no case of '%s' matches '%s'", r->word, r->match);
	for (size_t i = 0; i < MIN(plan->nr_cases, (size_t)SHOWN); i++)
		buf_addf(&names, "%s'%s'", i ? ", " : "", plan->cases[i].name);
	return err_create(ERR_USAGE,
			  "'%s' is %zu cases, %s%s: choose one, by its name or by --match", r->word,
			  plan->nr_cases, buf_str(&names),
			  plan->nr_cases > SHOWN ? " and more" : "");
}

struct err *runner_init(struct runner *r, const char *word, const char *match)
{
	struct plan plan = { 0 };
	struct paths p;
	struct err *err;

	r->word = xstrdup(word);
	r->match = match;
	err = paths_init(&p);
	if (err)
		return err;
	err = cases_from_word(&p, word, &plan);
	paths_deinit(&p);
	if (!err && match)
		plan_match(&plan, match);
	plan_write_texts(&plan);
	if (!err)
		err = choose_case(r, &plan);
	plan_deinit(&plan);
	return err;
}

void runner_deinit(struct runner *r)
{
	free(r->word);
	free(r->name);
	free(r->text);
	free(r->dir);
	run_host_close(&r->host);
	*r = (struct runner){ 0 };
}

struct err *runner_keep(struct runner *r, const char *dir, size_t number)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	const char *slash = strrchr(r->word, '/');
	struct err *err;
	char *copy;

	r->dir = xstrdup(dir);
	r->number = number;
	if (!str_ends(r->word, ".scn"))
		return NULL;
	copy = xasprintf("%s/%s", dir, slash ? slash + 1 : r->word);
	err = file_read(r->word, SCENARIO_MAX, &text);
	if (!err)
		err = file_write_atomic(copy, buf_str(&text), text.len);
	free(r->word);
	r->word = copy;
	return err;
}

struct err *runner_run(void *arg, const char *spec,
		       bool (*over)(void *arg, const struct case_record *rec), void *over_arg,
		       char **folder)
{
	struct runner *r = arg;
	struct run_options run = r->run;
	_cleanup_free_ char *out = NULL;
	int status;

	r->number++;
	if (r->dir)
		out = xasprintf("%s/%04zu", r->dir, r->number);
	/* a new seed for each run */
	if (getrandom(&run.seed, sizeof(run.seed), 0) < 0)
		run.seed = now_ns();
	run.seed &= INT64_MAX;
	run.kernel = spec;
	run.cases = &r->word;
	run.nr_cases = 1;
	run.match = r->match;
	run.out = out;
	run.over = over;
	run.over_arg = over_arg;
	run.folder = folder;
	run.host = &r->host;
	return run_cases(&run, &status);
}
