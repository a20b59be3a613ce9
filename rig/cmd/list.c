/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdio.h>
#include <string.h>

#include "base/glob.h"
#include "base/nearest.h"
#include "cmd/cmd.h"
#include "cmd/kselftest-list.h"
#include "cmd/list-findings.h"
#include "plan/cases.h"
#include "reports/render/render.h"
#include "workloads/ops/operation.h"
#include "workloads/matrix/matrix.h"
#include "workloads/lang/pin-info.h"
#include "workloads/lang/scenario.h"

static struct {
	bool why, names, shuffle;
	const char *match;
	const char *known, *as; /* of findings */
	struct plan_shard shard;
	uint64_t seed;
} options;

static struct err *list_pins(const struct paths *p)
{
	(void)p;
	for (const struct pin_info *i = pin_infos; i->name; i++)
		printf("%-14s %s\n", i->name, i->summary);
	return NULL;
}

static struct err *list_operations(const struct paths *p)
{
	(void)p;
	for (unsigned int i = 0; operations[i]; i++) {
		const struct operation *m = operations[i];
		_cleanup_buf_ struct buf words = BUF_INIT;

		for (const char *a = m->args; *a; a++)
			buf_adds(&words, *a == 'f' ? " FILE" :
					 *a == 'm' ? " MAP" :
					 *a == 'o' ? " OFFSET" :
					 *a == 'l' ? " LENGTH" :
						     " SIZE");
		printf("%-12s%-38s %s\n", m->name, buf_str(&words), m->summary);
	}
	return NULL;
}

/* One that cannot be read is in the list with the reason. */
static void list_scenario(const struct plan_source *source)
{
	struct scenario_variants v = { 0 };
	struct scenario *s = NULL;
	struct err *err = source->bad ?
				  err_create(ERR_USAGE, "%s", source->bad) :
				  scenario_expand(source->path, source->text, source->len, &v);

	if (!err)
		err = scenario_parse(source->path, v.v[0].text, strlen(v.v[0].text), &s);
	printf("%-28s %s\n", source->name, err ? err->message : s->title);
	if (!err)
		scenario_free(s);
	scenario_variants_deinit(&v);
	err_free(err);
}

static void print_notes(const struct plan *plan)
{
	for (size_t i = 0; i < plan->nr_notes; i++)
		progress_line(&command_say, "%s", plan->notes[i]);
}

static struct err *list_scenarios(const struct paths *p)
{
	struct library lib;
	struct err *err = library_scenarios(p, &lib);

	for (size_t i = 0; i < lib.n && !err; i++)
		list_scenario(&lib.v[i]);
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
		if (err)
			printf("%-12s %s\n", lib.v[i].name, err->message);
		else
			printf("%-12s %zu cases\n", lib.v[i].name, plan.nr_cases);
		plan_deinit(&plan);
		err_free(take_ptr(err));
	}
	library_deinit(&lib);
	return err;
}

static struct err *list_matrix(const struct paths *p)
{
	(void)p;
	for (int d = 0; d < MATRIX_DIMS; d++) {
		enum matrix_dim dim = (enum matrix_dim)d;

		printf("%s%s: %s\n", d ? "\n" : "", matrix_dim_key(dim), matrix_dim_summary(dim));
		for (unsigned int i = 0; i < matrix_rows(dim); i++)
			printf("  %-18s %s\n", matrix_row_name(dim, i), matrix_row_summary(dim, i));
	}
	return NULL;
}

static struct err *list_renderers(const struct paths *p)
{
	(void)p;
	for (const struct renderer *const *r = renderers; *r; r++)
		printf("%-12s %s\n", (*r)->name, (*r)->summary);
	return NULL;
}

static struct err *list_known(const struct paths *p)
{
	return list_findings(p, options.known, options.as);
}

static bool left_out_matches(const struct plan_left_out *l)
{
	_cleanup_free_ char *name = options.match ? matrix_name(&l->point) : NULL;

	return !name || glob_match(options.match, name);
}

/* Prints how many combinations were left out for @reason, with --match only matching ones. */
static size_t print_reason(const struct plan *plan, const struct matrix_reason *reason)
{
	size_t n = 0;

	for (size_t i = 0; i < plan->nr_left_out; i++)
		n += plan->left_out[i].reason == reason && left_out_matches(&plan->left_out[i]);
	if (n)
		printf("%8zu %s: %s\n", n, reason->equivalent ? "equivalent" : "impossible",
		       reason->why);
	for (size_t i = 0; i < plan->nr_left_out && options.names; i++) {
		const struct plan_left_out *l = &plan->left_out[i];

		if (l->reason == reason && left_out_matches(l)) {
			_cleanup_free_ char *name = matrix_name(&l->point);

			printf("           %s\n", name);
		}
	}
	return n;
}

static void print_why(const struct plan *plan)
{
	const struct matrix_reason *reason;
	size_t all = 0;

	for (size_t i = 0; (reason = matrix_reason(i)) != NULL; i++)
		all += print_reason(plan, reason);
	printf("%8zu left out, %zu cases\n", all, plan->nr_cases);
}

static struct err *list_plan(const struct paths *p, const char *name)
{
	struct plan plan = { 0 };
	struct err *err = cases_from_plan(p, name, &plan);

	print_notes(&plan);
	if (!err && options.match)
		plan_match(&plan, options.match);
	if (!err && options.shard.of)
		plan_take_shard(&plan, options.shard);
	if (!err && options.shuffle)
		plan_shuffle(&plan, options.seed);
	for (size_t i = 0; i < plan.nr_cases && !err && !options.why; i++)
		printf("%s\n", plan.cases[i].name);
	if (!err && options.why)
		print_why(&plan);
	plan_deinit(&plan);
	return err;
}

static const struct {
	const char *what;
	struct err *(*list)(const struct paths *p);
} lists[] = {
	{ "scenarios", list_scenarios },   { "pins", list_pins },
	{ "operations", list_operations }, { "plans", list_plans },
	{ "matrix", list_matrix },	   { "renderers", list_renderers },
	{ "findings", list_known },	   { "kselftests", kselftest_list_print },
	{ "mutators", list_operations }, /* their name up to 2026-11 */
};

static struct err *list_one(const struct paths *p, char **operands, int n)
{
	struct nearest near = { .word = operands[0] };

	if (n == 2 && strcmp(operands[0], "plan") == 0)
		return list_plan(p, operands[1]);
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		if (n == 1 && strcmp(operands[0], lists[i].what) == 0)
			return lists[i].list(p);
		nearest_offer(&near, lists[i].what);
	}
	if (n > 1 || strcmp(operands[0], "plan") == 0)
		return err_create(ERR_USAGE, "'list' takes one operand, or 'plan NAME'");
	return nearest_err(&near, "list of",
			   "expected scenarios, pins, operations, matrix, plans, renderers, "
			   "findings, kselftests or 'plan NAME'");
}

static struct err *list(void *state, char **operands, int n, int *status)
{
	struct paths p;
	struct err *err;

	(void)state;
	(void)status;
	if (!n)
		return err_create(ERR_USAGE, "nothing to list given; see 'daxrig list --help'");
	err = paths_init(&p);
	if (err)
		return err;
	err = list_one(&p, operands, n);
	paths_deinit(&p);
	return err;
}

enum { KEY_WHY = 256, KEY_NAMES, KEY_MATCH, KEY_SHARD, KEY_SEED, KEY_KNOWN, KEY_AS };

static struct err *option(void *state, int key, const char *value)
{
	(void)state;
	switch (key) {
	case KEY_KNOWN:
		options.known = value;
		break;
	case KEY_AS:
		options.as = value;
		break;
	case KEY_NAMES:
		options.names = true;
		break;
	case KEY_MATCH:
		return command_glob(value, &options.match);
	case KEY_SHARD:
		return plan_shard_parse(value, &options.shard);
	case KEY_SEED:
		options.shuffle = parse_size(value, &options.seed);
		if (!options.shuffle)
			return err_create(ERR_USAGE, "'%s' is not a seed: expected a number",
					  value);
		break;
	default:
		options.why = true;
	}
	return NULL;
}

static const struct command_option list_options[] = {
	{ "why", NULL, "with 'plan NAME': how many combinations it leaves out, and why", KEY_WHY },
	{ "names", NULL, "with --why: also which ones", KEY_NAMES },
	{ "match", "GLOB", "with 'plan NAME': only what matches", KEY_MATCH },
	{ "shard", "I/N", "with 'plan NAME': one of N parts", KEY_SHARD },
	{ "seed", "N", "with 'plan NAME': in the order of run --seed N", KEY_SEED },
	{ "known", "PATH", "with 'findings': those of this list or folder", KEY_KNOWN },
	{ "as", "NAME",
	  "with 'findings' and a folder as --known: the text of the list (known) or\nthe page (markdown) that are made of it",
	  KEY_AS },
	{ NULL, NULL, NULL, 0 },
};

const struct command cmd_list = {
	.name = "list",
	.operands =
		"scenarios|pins|operations|matrix|plans|renderers|findings|kselftests|plan NAME",
	.summary = "list what there is to run, or the cases of a plan",
	.help = "",
	.options = list_options,
	.option = option,
	.run = list,
};
