/* SPDX-License-Identifier: GPL-2.0-only */
#include "plan/private.h"

#include <string.h>

#include "base/glob.h"
#include "guests/geometry.h"
#include "workloads/model/derive.h"
#include "workloads/lang/lexer.h"

#define BATCH_MAX 1000u

struct err *plan_add_scenario(struct plan *plan, const struct plan_source *source)
{
	struct scenario_variants variants;
	struct err *err = scenario_expand(source->path, source->text, source->len, &variants);

	for (size_t i = 0; i < variants.n && !err; i++) {
		struct scenario_variant *v = &variants.v[i];
		struct scenario *s;

		err = model_parse(source->path, v->text, strlen(v->text), &s);
		if (err)
			break;
		for (size_t f = 0; filesystems[f]; f++) {
			const struct filesystem *fs = filesystems[f];

			if (!(s->fs & filesystem_bit(fs)))
				continue;
			plan_add_case(plan,
				      (struct plan_case){
					      .name = xasprintf("%s/%s%s%s", fs->name, source->name,
								*v->label ? "/" : "", v->label),
					      .fs = fs,
					      .text = xstrdup(v->text),
				      });
		}
		scenario_free(s);
	}
	scenario_variants_deinit(&variants);
	return err;
}

/* @err with the place of @l; NULL stays NULL. */
static struct err *placed(struct line *l, struct err *err)
{
	struct err *whole = err ? line_error(l, "%s", err->message) : NULL;

	err_free(err);
	return whole;
}

static struct err *add_scenarios(struct plan *plan, struct line *l, const struct plan_source *lib,
				 size_t nr_lib)
{
	do {
		const char *glob;
		bool found = false;
		struct err *err = line_word(l, "the name of a scenario", &glob);

		if (!err)
			err = placed(l, glob_check(glob));
		for (size_t i = 0; i < nr_lib && !err; i++) {
			if (!glob_match(glob, lib[i].name))
				continue;
			found = true;
			err = plan_add_scenario(plan, &lib[i]);
		}
		if (!err && !found)
			err = line_error(l,
					 "no scenario is called '%s' (see 'daxrig list "
					 "scenarios')",
					 glob);
		if (err)
			return err;
	} while (line_peek(l));
	return NULL;
}

/* KEY=LIST, where no key comes twice. */
static struct err *read_choice(struct line *l, struct matrix_choice *c, bool *given)
{
	static const char keys[] = "fs=, geometry=, pins=, when=, ops=, overlap= or end= with "
				   "globs";
	const char *word = line_peek(l), *equals = strchr(word, '=');
	_cleanup_free_ char *none = NULL;
	struct err *err;

	for (int d = 0; d < MATRIX_DIMS && equals; d++) {
		const char *key = matrix_dim_key((enum matrix_dim)d);

		if (strlen(key) != (size_t)(equals - word) || strncmp(key, word, strlen(key)) != 0)
			continue;
		l->next++;
		if (given[d])
			return line_error(l, "'%s' is given twice", key);
		given[d] = true;
		none = matrix_choose(c, (enum matrix_dim)d, equals + 1);
		err = none ? placed(l, glob_check(none)) : NULL;
		return err  ? err :
		       none ? line_error(l,
					 "of %s none matches '%s' (see 'daxrig list "
					 "matrix')",
					 key, none) :
			      NULL;
	}
	return line_expected(l, keys);
}

static void add_point(void *plan, const struct matrix_point *p, const struct matrix_reason *reason)
{
	plan_add_point(plan, p, reason);
}

static struct err *add_matrix(struct plan *plan, struct line *l)
{
	bool given[MATRIX_DIMS] = { false };
	struct matrix_choice c;
	struct err *err = NULL;

	if (line_take(l, "*"))
		matrix_choice_all(&c);
	else
		matrix_choice_init(&c);
	while (!err && line_peek(l))
		err = read_choice(l, &c, given);
	if (!err)
		matrix_expand(&c, add_point, plan);
	return err;
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

static struct err *read_geometry(struct plan *plan, struct line *l)
{
	struct geometry trial;
	const char *list;
	struct err *err = line_word(l, "the guest's shape, as in --geometry", &list);

	if (err)
		return err;
	geometry_init(&trial);
	err = geometry_parse(&trial, list);
	if (err)
		return placed(l, err);
	free(plan->geometry);
	plan->geometry = xstrdup(list);
	return line_end(l);
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
		else if (!err && line_take(&l, "geometry"))
			err = read_geometry(plan, &l);
		else if (!err)
			err = line_expected(&l, "scenario, matrix, batch or geometry");
		if (err)
			return err;
	}
	return NULL;
}
