/* SPDX-License-Identifier: GPL-2.0-only */
#include "plan/cases.h"

#include <string.h>

#include "base/files.h"
#include "base/glob.h"
#include "base/nearest.h"
#include "plan/case-pack.h"

static struct err *find_plan(const struct paths *p, const char *name, struct library *out)
{
	struct nearest n = { .word = name };
	struct library all;
	struct err *err;

	*out = (struct library){ 0 };
	if (str_ends(name, ".plan") || path_is_stdin(name))
		return library_add_file(out, name);
	err = library_plans(p, &all);
	for (size_t i = 0; i < all.n && !err; i++) {
		nearest_offer(&n, all.v[i].name);
		if (strcmp(all.v[i].name, name) == 0)
			err = library_add_file(out, all.v[i].path);
	}
	if (!err && !out->n)
		err = nearest_err(&n, "plan", "see 'daxrig list plans'");
	library_deinit(&all);
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

static bool is_any(const struct plan *plan, const char *glob)
{
	for (size_t i = 0; i < plan->nr_cases; i++)
		if (glob_match(glob, plan->cases[i].name))
			return true;
	return false;
}

static struct err *unknown_case(const char *word, const struct library *lib, const struct plan *all)
{
	struct nearest n = { .word = word };

	for (size_t i = 0; i < lib->n; i++)
		nearest_offer(&n, lib->v[i].name);
	for (size_t i = 0; i < all->nr_cases; i++)
		nearest_offer(&n, all->cases[i].name);
	return nearest_err(&n, "scenario or case", "see 'daxrig list scenarios'");
}

/* Cases of any plan by name. */
static struct err *find_cases(const char *word, const struct library *lib, struct plan *out)
{
	static const char everything[] = "scenario *\nmatrix *\n";
	_cleanup_free_ char *below = xasprintf("%s/*", word);
	struct err *err = glob_check(word);

	if (!err)
		err = plan_parse(out, "all cases", everything, strlen(everything), lib->v, lib->n);
	if (err)
		return err;
	if (is_any(out, word))
		plan_match(out, word);
	else if (is_any(out, below))
		plan_match(out, below);
	else
		err = unknown_case(word, lib, out);
	return err;
}

static struct err *find_scenario_or_cases(const struct paths *p, const char *word, struct plan *out)
{
	struct library lib;
	struct err *err = library_scenarios(p, &lib);
	size_t i = 0;

	while (i < lib.n && strcmp(lib.v[i].name, word) != 0)
		i++;
	if (!err)
		err = i < lib.n ? plan_add_scenario(out, &lib.v[i]) : find_cases(word, &lib, out);
	library_deinit(&lib);
	return err;
}

static struct err *from_file(const char *path, struct plan *out)
{
	struct library file = { 0 };
	struct err *err = library_add_file(&file, path);

	if (!err)
		err = plan_add_scenario(out, &file.v[0]);
	library_deinit(&file);
	return err;
}

static struct err *from_program(const char *line, struct plan *out)
{
	return plan_parse(out, "program", line, strlen(line), NULL, 0);
}

/* A word is one of these; a pack brings its geometry along. */
static struct err *from_word(const struct paths *p, const char *word, struct plan *out)
{
	if (strncmp(word, PROGRAM_LINE, strlen(PROGRAM_LINE)) == 0)
		return from_program(word, out);
	if (case_pack_is(word))
		return case_pack_add(out, word);
	if (str_ends(word, ".scn") || path_is_stdin(word))
		return from_file(word, out);
	return find_scenario_or_cases(p, word, out);
}

struct err *cases_from_word(const struct paths *p, const char *word, struct plan *out)
{
	struct plan found = { 0 };
	struct err *err = from_word(p, word, &found);

	if (!err)
		plan_move(out, &found);
	if (!err && !out->geometry)
		out->geometry = take_ptr(found.geometry);
	plan_deinit(&found);
	return err;
}
