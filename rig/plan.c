/* SPDX-License-Identifier: GPL-2.0-only */
#include "plan.h"

#include <string.h>

#include "workloads/matrix.h"
#include "workloads/scenario.h"
#include "workloads/words.h"

#define BATCH_MAX 1000u

static const enum scenario_fs filesystems[] = { FS_XFS, FS_EXT4 };

/* Takes @name and @text; a case of that name that is there already wins. */
static void add_case(struct plan *plan, char *name, enum scenario_fs fs, char *text)
{
	for (size_t i = 0; i < plan->nr_cases; i++) {
		if (strcmp(plan->cases[i].name, name) == 0) {
			free(name);
			free(text);
			return;
		}
	}
	plan->cases = xrealloc(plan->cases, plan->nr_cases + 1, sizeof(*plan->cases));
	plan->cases[plan->nr_cases++] = (struct plan_case){
		.name = name, .fs = xstrdup(scenario_fs_name(fs)), .text = text,
	};
}

static void leave_out(struct plan *plan, char *name, const char *why)
{
	plan->left_out = xrealloc(plan->left_out, plan->nr_left_out + 1,
				  sizeof(*plan->left_out));
	plan->left_out[plan->nr_left_out++] = (struct plan_left_out){ name, why };
}

struct err *plan_add_scenario(struct plan *plan, const struct plan_source *source)
{
	struct scenario_variants variants;
	struct err *err = scenario_expand(source->path, source->text, source->len, &variants);

	for (size_t i = 0; i < variants.n && !err; i++) {
		struct scenario_variant *v = &variants.v[i];
		struct scenario *s;

		err = scenario_parse(source->path, v->text, strlen(v->text), &s);
		if (err)
			break;
		for (size_t f = 0; f < ARRAY_SIZE(filesystems); f++)
			if (s->fs & filesystems[f])
				add_case(plan, xasprintf("%s/%s%s%s",
							 scenario_fs_name(filesystems[f]),
							 source->name, *v->label ? "/" : "",
							 v->label),
					 filesystems[f], xstrdup(v->text));
		scenario_free(s);
	}
	scenario_variants_deinit(&variants);
	return err;
}

static struct err *add_scenarios(struct plan *plan, struct line *l,
				 const struct plan_source *lib, size_t nr_lib)
{
	do {
		const char *glob;
		bool found = false;
		struct err *err = line_word(l, "the name of a scenario", &glob);

		for (size_t i = 0; i < nr_lib && !err; i++) {
			if (!glob_match(glob, lib[i].name))
				continue;
			found = true;
			err = plan_add_scenario(plan, &lib[i]);
		}
		if (!err && !found)
			err = line_error(l, "no scenario is called '%s' (see 'daxrig list "
					 "scenarios')", glob);
		if (err)
			return err;
	} while (line_peek(l));
	return NULL;
}

/* Whether one of the globs in @list, joined by ',', matches @name. */
static bool list_match(const char *list, const char *name)
{
	_cleanup_free_ char *copy = xstrdup(list);
	char *save = NULL;

	for (char *g = strtok_r(copy, ",", &save); g; g = strtok_r(NULL, ",", &save))
		if (glob_match(g, name))
			return true;
	return false;
}

static void add_matrix_case(struct plan *plan, const struct pin_info *pin,
			    const struct matrix_op *op, enum scenario_fs fs)
{
	char *name = xasprintf("%s/%s/mapped/%s", scenario_fs_name(fs), pin->name, op->name);
	const char *why;
	char *text = matrix_scenario(pin, op, fs, &why);

	if (text)
		add_case(plan, name, fs, text);
	else
		leave_out(plan, name, why);
}

static struct err *add_matrix(struct plan *plan, struct line *l)
{
	const char *pins, *ops;
	struct err *err = line_word(l, "pins", &pins);
	bool found = false;

	if (!err)
		err = line_word(l, "operations", &ops);
	if (!err)
		err = line_end(l);
	if (err)
		return err;
	for (size_t f = 0; f < ARRAY_SIZE(filesystems); f++)
		for (const struct pin_info *pin = pin_infos; pin->name; pin++)
			for (const struct matrix_op *op = matrix_ops; op->name; op++)
				if (list_match(pins, pin->name) && list_match(ops, op->name)) {
					found = true;
					add_matrix_case(plan, pin, op, filesystems[f]);
				}
	return found ? NULL : line_error(l, "no pin and operation match");
}

/* How many cases a guest may serve as long as they pass. */
static struct err *read_batch(struct plan *plan, struct line *l)
{
	uint64_t n = 0;
	struct err *err = line_size(l, "a number of cases", &n);

	if (!err && (!n || n > BATCH_MAX))
		err = line_error(l, "expected 1 to %u", BATCH_MAX);
	plan->batch = (unsigned int)n;
	return err ? err : line_end(l);
}

struct err *plan_parse(struct plan *plan, const char *origin, const char *text, size_t len,
		       const struct plan_source *lib, size_t nr_lib)
{
	const char *end = text + len;
	unsigned int number = 0;
	struct line l;

	while (text < end) {
		struct err *err = line_read(&l, origin, ++number, &text, end);

		if (!err && !l.n)
			continue;
		if (!err && line_take(&l, "scenario"))
			err = add_scenarios(plan, &l, lib, nr_lib);
		else if (!err && line_take(&l, "matrix"))
			err = add_matrix(plan, &l);
		else if (!err && line_take(&l, "batch"))
			err = read_batch(plan, &l);
		else if (!err)
			err = line_expected(&l, "scenario, matrix or batch");
		if (err)
			return err;
	}
	return NULL;
}

void plan_match(struct plan *plan, const char *glob)
{
	size_t kept = 0;

	for (size_t i = 0; i < plan->nr_cases; i++) {
		struct plan_case c = plan->cases[i];

		if (glob_match(glob, c.name)) {
			plan->cases[kept++] = c;
			continue;
		}
		free(c.name);
		free(c.fs);
		free(c.text);
	}
	plan->nr_cases = kept;
}

void plan_deinit(struct plan *plan)
{
	plan_match(plan, "");
	for (size_t i = 0; i < plan->nr_left_out; i++)
		free(plan->left_out[i].name);
	free(plan->cases);
	free(plan->left_out);
	*plan = (struct plan){ 0 };
}
