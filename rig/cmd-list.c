/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "cases.h"
#include "inject/mutator.h"
#include "workloads/pin-info.h"
#include "workloads/scenario.h"

static struct {
	bool why;
} options;

static struct err *list_pins(const struct paths *p)
{
	(void)p;
	for (const struct pin_info *i = pin_infos; i->name; i++)
		printf("%-14s %s\n", i->name, i->summary);
	return NULL;
}

static struct err *list_mutators(const struct paths *p)
{
	(void)p;
	for (const struct mutator *m = mutators; m->name; m++) {
		_cleanup_buf_ struct buf words = BUF_INIT;

		for (const char *a = m->args; *a; a++)
			buf_adds(&words, *a == 'f' ? " FILE" : *a == 'o' ? " OFFSET" :
			       *a == 'l' ? " LENGTH" : " SIZE");
		printf("%-12s%-38s %s\n", m->name, buf_str(&words), m->summary);
	}
	return NULL;
}

static struct err *list_scenarios(const struct paths *p)
{
	struct library lib;
	struct err *err = library_scenarios(p, &lib);

	for (size_t i = 0; i < lib.n && !err; i++) {
		struct scenario_variants v;
		struct scenario *s = NULL;

		err = scenario_expand(lib.v[i].path, lib.v[i].text, lib.v[i].len, &v);
		if (err)
			break;
		err = scenario_parse(lib.v[i].path, v.v[0].text, strlen(v.v[0].text), &s);
		if (!err)
			printf("%-28s %s\n", lib.v[i].name, s->title);
		scenario_free(s);
		scenario_variants_deinit(&v);
	}
	library_deinit(&lib);
	return err;
}

static struct err *list_plans(const struct paths *p)
{
	struct library lib;
	struct err *err = library_plans(p, &lib);

	for (size_t i = 0; i < lib.n && !err; i++) {
		struct plan plan = { 0 };

		err = cases_from_plan(p, lib.v[i].name, &plan);
		if (!err)
			printf("%-12s %zu cases\n", lib.v[i].name, plan.nr_cases);
		plan_deinit(&plan);
	}
	library_deinit(&lib);
	return err;
}

static struct err *list_plan(const struct paths *p, const char *name)
{
	struct plan plan = { 0 };
	struct err *err = cases_from_plan(p, name, &plan);

	for (size_t i = 0; i < plan.nr_cases && !err && !options.why; i++)
		printf("%s\n", plan.cases[i].name);
	for (size_t i = 0; i < plan.nr_left_out && !err && options.why; i++)
		printf("%-44s %s\n", plan.left_out[i].name, plan.left_out[i].why);
	plan_deinit(&plan);
	return err;
}

static const struct {
	const char *what;
	struct err *(*list)(const struct paths *p);
} lists[] = {
	{ "scenarios", list_scenarios },
	{ "pins", list_pins },
	{ "mutators", list_mutators },
	{ "plans", list_plans },
};

static struct err *list(void *state, char **operands, int n, int *status)
{
	struct paths p;
	struct err *err;

	(void)state;
	(void)status;
	err = n ? paths_init(&p) : err_create(ERR_USAGE, "say what to list; see 'daxrig list "
					      "--help'");
	if (err)
		return err;
	err = err_create(ERR_USAGE, "cannot list '%s': expected scenarios, pins, mutators, "
			 "plans or 'plan NAME'", operands[0]);
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		if (n == 1 && strcmp(operands[0], lists[i].what) == 0) {
			err_free(err);
			err = lists[i].list(&p);
		}
	}
	if (n == 2 && strcmp(operands[0], "plan") == 0) {
		err_free(err);
		err = list_plan(&p, operands[1]);
	}
	paths_deinit(&p);
	return err;
}

enum { KEY_WHY = 256 };

static struct err *option(void *state, int key, const char *value)
{
	(void)state;
	(void)value;
	options.why = key == KEY_WHY;
	return NULL;
}

static const struct command_option list_options[] = {
	{ "why", NULL, "with 'plan NAME': what the plan leaves out, and why", KEY_WHY },
	{ NULL, NULL, NULL, 0 },
};

const struct command cmd_list = {
	.name = "list",
	.operands = "scenarios|pins|mutators|plans|plan NAME",
	.summary = "list what there is to run, or the cases of a plan",
	.help = "",
	.options = list_options,
	.option = option,
	.run = list,
};
