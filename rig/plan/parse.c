/* SPDX-License-Identifier: GPL-2.0-only */
#include "plan/private.h"

#include <string.h>

#include "base/glob.h"
#include "guests/geometry.h"
#include "workloads/model/derive.h"
#include "workloads/lang/lexer.h"

#define BATCH_MAX 1000u

struct reader {
	struct plan *plan;
	const struct plan_source *lib;
	size_t nr_lib;
	struct line line;
	struct plan all; /* every case there is, once a line asks for it */
};

/*
 * The name of a variant's case. Its file may have any name: '~' is the mark of a repeat, and
 * '#' ends a name in KTAP.
 */
static char *case_name(const struct filesystem *fs, const char *source, const char *label)
{
	char *name = xasprintf("%s/%s%s%s", fs->name, source, *label ? "/" : "", label);

	for (char *p = name; *p; p++)
		if (*p == '#' || *p == *PLAN_REPEAT)
			*p = '_';
	return name;
}

static void add_variant(struct plan *plan, const char *name, const struct scenario_variant *v,
			const struct scenario *s)
{
	for (size_t f = 0; filesystems[f]; f++) {
		const struct filesystem *fs = filesystems[f];

		if (s->fs & filesystem_bit(fs))
			plan_add_case(plan, (struct plan_case){
						    .name = case_name(fs, name, v->label),
						    .fs = fs,
						    .text = xstrdup(v->text),
					    });
	}
}

/* All variants are read before any is added: a scenario has all of its cases, or none. */
struct err *plan_add_scenario(struct plan *plan, const struct plan_source *source)
{
	struct scenario_variants variants = { 0 };
	_cleanup_free_ struct scenario **s = NULL;
	struct err *err = source->bad ? err_create(ERR_USAGE, "%s", source->bad) :
					scenario_expand(source->path, source->text, source->len,
							&variants);
	size_t n = 0;

	s = xcalloc(variants.n + 1, sizeof(struct scenario *));
	while (n < variants.n && !err) {
		const char *text = variants.v[n].text;

		err = model_parse(source->path, text, strlen(text), &s[n]);
		n += !err;
	}
	for (size_t i = 0; i < n; i++) {
		if (!err)
			add_variant(plan, source->name, &variants.v[i], s[i]);
		scenario_free(s[i]);
	}
	scenario_variants_deinit(&variants);
	return err;
}

/*
 * One scenario that cannot be read must not stop the others. Takes @err. A plan that has its
 * name gets a case that is an error; a glob leaves it out, with a note.
 */
static void leave_out(struct plan *plan, const struct plan_source *source, bool named,
		      struct err *err)
{
	if (named)
		plan_add_case(plan, (struct plan_case){
					    .name = xstrdup(source->name),
					    .bad = xstrdup(err->message),
					    .text = xstrdup(source->text),
				    });
	else
		plan_add_note(plan, xasprintf("scenario '%s' is left out: %s", source->name,
					      err->message));
	err_free(err);
}

/* Adds the position of @l to @err; NULL stays NULL. */
static struct err *placed(struct line *l, struct err *err)
{
	struct err *whole = err ? line_error(l, "%s", err->message) : NULL;

	err_free(err);
	return whole;
}

static struct err *unknown_scenario(const struct reader *r, const char *word)
{
	struct nearest n = { .word = word };

	for (size_t i = 0; i < r->nr_lib; i++)
		nearest_offer(&n, r->lib[i].name);
	return line_unknown(&r->line, &n, "scenario", "see 'daxrig list scenarios'");
}

static struct err *add_scenarios(struct reader *r)
{
	struct line *l = &r->line;

	do {
		const char *glob;
		bool found = false;
		struct err *err = line_word(l, "the name of a scenario", &glob);

		if (!err)
			err = placed(l, glob_check(glob));
		for (size_t i = 0; i < r->nr_lib && !err; i++) {
			if (!glob_match(glob, r->lib[i].name))
				continue;
			found = true;
			err = plan_add_scenario(r->plan, &r->lib[i]);
			if (err)
				leave_out(r->plan, &r->lib[i], strcmp(glob, r->lib[i].name) == 0,
					  take_ptr(err));
		}
		if (!err && !found)
			err = unknown_scenario(r, glob);
		if (err)
			return err;
	} while (line_peek(l));
	return NULL;
}

static void copy_case(struct plan *plan, const struct plan_case *c)
{
	plan_add_case(plan, (struct plan_case){
				    .name = xstrdup(c->name),
				    .fs = c->fs,
				    .text = c->text ? xstrdup(c->text) : NULL,
				    .point = c->point,
			    });
}

static struct err *unknown_case(const struct reader *r, const char *word)
{
	struct nearest n = { .word = word };

	for (size_t i = 0; i < r->all.nr_cases; i++)
		nearest_offer(&n, r->all.cases[i].name);
	return line_unknown(&r->line, &n, "case", "see 'daxrig list scenarios'");
}

/* Cases by their names. */
static struct err *add_cases(struct reader *r)
{
	static const char everything[] = "scenario *\nmatrix *\n";
	bool found = false;
	const char *glob;
	struct err *err = line_word(&r->line, "the name of a case", &glob);

	if (!err)
		err = placed(&r->line, glob_check(glob));
	if (!err && !r->all.nr_cases)
		err = plan_parse(&r->all, "all cases", everything, strlen(everything), r->lib,
				 r->nr_lib);
	if (err)
		return err;
	for (size_t i = 0; i < r->all.nr_cases; i++)
		if (glob_match(glob, r->all.cases[i].name)) {
			copy_case(r->plan, &r->all.cases[i]);
			found = true;
		}
	return found ? line_end(&r->line) : unknown_case(r, glob);
}

static struct err *unknown_row(struct line *l, enum matrix_dim dim, const char *word)
{
	_cleanup_free_ char *kind = xasprintf("value of %s", matrix_dim_key(dim));
	struct err *err = placed(l, glob_check(word));
	struct nearest n = { .word = word };

	if (err)
		return err;
	for (unsigned int i = 0; i < matrix_rows(dim); i++)
		nearest_offer(&n, matrix_row_name(dim, i));
	return line_unknown(l, &n, kind, "see 'daxrig list matrix'");
}

static struct err *unknown_dimension(struct line *l, const char *word, const char *expected)
{
	_cleanup_free_ char *key = xstrndup(word, strcspn(word, "="));
	struct nearest n = { .word = key };

	for (int d = 0; d < MATRIX_DIMS; d++)
		nearest_offer(&n, matrix_dim_key((enum matrix_dim)d));
	if (!n.name || !strchr(word, '='))
		return line_expected(l, expected);
	l->next++;
	return line_unknown(l, &n, "dimension", NULL);
}

/* Reads KEY=LIST; a key may occur once. */
static struct err *read_choice(struct line *l, struct matrix_choice *c, bool *given)
{
	static const char keys[] = "fs=, geometry=, pins=, when=, ops=, overlap= or end= with "
				   "globs";
	const char *word = line_peek(l), *equals = strchr(word, '=');
	_cleanup_free_ char *none = NULL;

	for (int d = 0; d < MATRIX_DIMS && equals; d++) {
		const char *key = matrix_dim_key((enum matrix_dim)d);

		if (strlen(key) != (size_t)(equals - word) || strncmp(key, word, strlen(key)) != 0)
			continue;
		l->next++;
		if (given[d])
			return line_error(l, "'%s' is given twice", key);
		given[d] = true;
		none = matrix_choose(c, (enum matrix_dim)d, equals + 1);
		return none ? unknown_row(l, (enum matrix_dim)d, none) : NULL;
	}
	return unknown_dimension(l, word, keys);
}

static void add_point(void *plan, const struct matrix_point *p, const struct matrix_reason *reason)
{
	plan_add_point(plan, p, reason);
}

static struct err *add_matrix(struct reader *r)
{
	struct line *l = &r->line;
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
		matrix_expand(&c, add_point, r->plan);
	return err;
}

/* How many cases a guest may serve as long as they pass. */
static struct err *read_batch(struct reader *r)
{
	struct line *l = &r->line;
	uint64_t n = 0;
	struct err *err = line_size(l, "a number of cases", &n);

	if (!err && (!n || n > BATCH_MAX))
		err = line_error(l, "expected 1 to %u", BATCH_MAX);
	r->plan->batch = (unsigned int)n;
	return err ? err : line_end(l);
}

static struct err *read_machine(struct reader *r)
{
	struct line *l = &r->line;
	struct geometry trial;
	const char *list;
	struct err *err = line_word(l, "the guest's shape, as in --geometry", &list);

	if (err)
		return err;
	geometry_init(&trial);
	err = geometry_parse(&trial, list);
	if (err)
		return placed(l, err);
	free(r->plan->geometry);
	r->plan->geometry = xstrdup(list);
	return line_end(l);
}

static struct err *read_program(struct reader *r)
{
	struct line *l = &r->line;
	struct program *p = program_create();
	const char *word;
	struct err *err = line_word(l, "a name for the program", &word);

	if (!err)
		p->name = program_name(word);
	while (!err && line_peek(l) && !line_take(l, "=")) {
		_cleanup_free_ char *key = xstrndup(line_peek(l), strcspn(line_peek(l), "="));
		const char *equals = strchr(line_peek(l), '=');

		if (!equals) {
			err = line_expected(l, "KEY=VALUE, or '=' and the program's file");
			break;
		}
		l->next++;
		err = placed(l, program_set(p, key, equals + 1));
	}
	if (!err)
		err = line_peek(l) ? NULL : line_expected(l, "'=' and the program's file");
	while (!err && line_peek(l)) {
		_cleanup_free_ char *whole = program_word(line_peek(l));

		l->next++;
		err = whole ? placed(l, program_add_word(p, whole)) :
			      line_error(l, "a '\\' begins the code of a byte, as in \\x20");
	}
	if (!err)
		plan_add_program(r->plan, p);
	program_put(p);
	return err;
}

static const struct {
	const char *word; /* the first of a line */
	struct err *(*read)(struct reader *r);
} kinds_of_line[] = {
	{ "scenario", add_scenarios }, { "case", add_cases },	    { "matrix", add_matrix },
	{ "batch", read_batch },       { "machine", read_machine }, { "program", read_program },
	{ "geometry", read_machine }, /* of older plans */
};

static struct err *read_line(struct reader *r)
{
	struct nearest n = { .word = line_peek(&r->line) };

	for (size_t i = 0; i < ARRAY_SIZE(kinds_of_line); i++) {
		if (line_take(&r->line, kinds_of_line[i].word))
			return kinds_of_line[i].read(r);
		nearest_offer(&n, kinds_of_line[i].word);
	}
	return line_unknown(&r->line, &n, "line of a plan",
			    "expected scenario, case, matrix, program, batch or machine");
}

struct err *plan_parse(struct plan *plan, const char *origin, const char *text, size_t len,
		       const struct plan_source *lib, size_t nr_lib)
{
	struct reader r = { .plan = plan, .lib = lib, .nr_lib = nr_lib };
	const char *end = text + len;
	unsigned int number = 0;
	struct err *err = NULL;

	while (text < end && !err) {
		err = line_read(&r.line, origin, ++number, &text, end);
		if (!err && r.line.n)
			err = read_line(&r);
	}
	plan_deinit(&r.all);
	return err;
}
