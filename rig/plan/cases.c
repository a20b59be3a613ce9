/* SPDX-License-Identifier: GPL-2.0-only */
#include "plan/cases.h"

#include <string.h>

#include "base/files.h"
#include "base/glob.h"

static struct err *find_plan(const struct paths *p, const char *name, struct library *out)
{
	struct library all;
	struct err *err;

	*out = (struct library){ 0 };
	if (str_ends(name, ".plan") || path_is_stdin(name))
		return library_add_file(out, name);
	err = library_plans(p, &all);
	for (size_t i = 0; i < all.n && !err; i++)
		if (strcmp(all.v[i].name, name) == 0)
			err = library_add_file(out, all.v[i].path);
	library_deinit(&all);
	if (!err && !out->n)
		err = err_create(ERR_USAGE, "there is no plan '%s'; see 'daxrig list plans'", name);
	return err;
}

struct err *cases_from_plan(const struct paths *p, const char *name, struct plan *out)
{
	struct library plan, scenarios = { 0 };
	struct err *err = find_plan(p, name, &plan);

	if (!err)
		err = library_scenarios(p, &scenarios);
	if (!err)
		err = plan_parse(out, plan.v[0].path, plan.v[0].text, plan.v[0].len, scenarios.v,
				 scenarios.n);
	library_deinit(&plan);
	library_deinit(&scenarios);
	return err;
}

static struct err *from_library(const struct paths *p, const char *name, struct plan *out)
{
	struct library lib;
	struct err *err = library_scenarios(p, &lib);

	for (size_t i = 0; i < lib.n && !err; i++)
		if (strcmp(lib.v[i].name, name) == 0)
			err = plan_add_scenario(out, &lib.v[i]);
	library_deinit(&lib);
	return err;
}

/* Cases of any plan: all of them, kept by a glob over their names. */
static struct err *from_plans(const struct paths *p, const char *glob, struct plan *out)
{
	static const char everything[] = "scenario *\nmatrix *\n";
	struct library lib;
	struct err *err = library_scenarios(p, &lib);

	if (!err)
		err = plan_parse(out, "all cases", everything, strlen(everything), lib.v, lib.n);
	library_deinit(&lib);
	if (!err)
		err = glob_check(glob);
	if (!err)
		plan_match(out, glob);
	return err;
}

struct err *cases_from_word(const struct paths *p, const char *word, struct plan *out)
{
	_cleanup_free_ char *below = xasprintf("%s/*", word);
	struct library file = { 0 };
	struct plan found = { 0 };
	struct err *err;

	if (str_ends(word, ".scn") || path_is_stdin(word)) {
		err = library_add_file(&file, word);
		if (!err)
			err = plan_add_scenario(&found, &file.v[0]);
		library_deinit(&file);
	} else {
		err = from_library(p, word, &found);
		if (!err && !found.nr_cases)
			err = from_plans(p, word, &found);
		if (!err && !found.nr_cases)
			err = from_plans(p, below, &found);
	}
	if (!err && !found.nr_cases)
		err = err_create(ERR_USAGE,
				 "there is no scenario or case '%s'; see 'daxrig list "
				 "scenarios'",
				 word);
	if (!err)
		plan_move(out, &found);
	plan_deinit(&found);
	return err;
}
