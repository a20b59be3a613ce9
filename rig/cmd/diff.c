/* SPDX-License-Identifier: GPL-2.0-only */
/* 'daxrig diff' and 'daxrig history': what changed from run to run. */
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/past.h"
#include "reports/history/diff.h"

static uint32_t run_at(const struct history *h, const char *path)
{
	for (uint32_t i = 0; i < h->nr_runs; i++)
		if (strcmp(h->runs[i].path, path) == 0)
			return i;
	return HISTORY_NONE;
}

static void print_run(const char *label, const struct history_run *r)
{
	size_t cases = 0;

	for (size_t i = 0; i < ARRAY_SIZE(r->counts); i++)
		cases += r->counts[i];
	printf("%-8s ", label);
	past_text(r->name);
	printf(": ");
	past_text(*r->release ? r->release : r->spec);
	printf(", ");
	past_text(r->plan);
	printf(", ");
	past_text(r->started);
	printf(", %zu cases%s\n", cases, r->complete ? "" : ", not complete");
}

static void print_row(const struct history *h, const struct diff_row *row)
{
	const struct history_row *any = row->b ? row->b : row->a;

	printf("%-8s ", diff_kind_name(row->kind));
	past_text(h->cases[any->of].name);
	if (row->finding != HISTORY_NONE) {
		const struct history_finding *f = &h->findings[row->finding];

		printf(": ");
		past_text(f->rule);
		printf(": ");
		past_text(*f->known ? f->known : f->example);
	}
	putchar('\n');
}

static void print_diff(const struct history *h, const struct diff *d)
{
	for (size_t i = 0; i < d->n; i++)
		print_row(h, &d->v[i]);
	printf("%-8s %zu alike", "cases", d->same);
	for (int kind = 0; kind < DIFF_KINDS; kind++)
		if (d->counts[kind])
			printf(", %zu %s", d->counts[kind], diff_kind_name((enum diff_kind)kind));
	putchar('\n');
}

static struct err *diff(void *state, char **operands, int n, int *status)
{
	const char *paths[3] = { NULL, NULL, NULL };
	struct history h = HISTORY_INIT;
	struct past past;
	struct diff d;
	struct err *err;

	(void)state;
	if (n != 2)
		return err_create(ERR_USAGE, "'diff' takes two runs; see 'daxrig diff --help'");
	err = past_open(&past);
	for (int i = 0; i < 2 && !err; i++)
		err = past_run(&past, operands[i], (char **)&paths[i]);
	if (!err)
		err = index_load(past.ix, NULL, &(struct index_filter){ .paths = paths }, &h);
	for (int i = 0; i < 2 && !err; i++)
		if (run_at(&h, paths[i]) == HISTORY_NONE)
			err = err_create(ERR_USAGE,
					 "'%s' is a recheck or a self-test: it has no "
					 "results of its own",
					 operands[i]);
	if (!err) {
		uint32_t a = run_at(&h, paths[0]), b = run_at(&h, paths[1]);

		print_run("a", &h.runs[a]);
		print_run("b", &h.runs[b]);
		diff_runs(&h, a, b, &d);
		print_diff(&h, &d);
		*status = d.n ? EXIT_CASE_FAILED : EXIT_ALL_PASSED;
		diff_deinit(&d);
	}
	history_deinit(&h);
	for (int i = 0; i < 2; i++)
		free((char *)paths[i]);
	past_close(&past);
	return err;
}

static const struct command_option diff_options[] = { { NULL, NULL, NULL, 0 } };

const struct command cmd_diff = {
	.name = "diff",
	.operands = "A B",
	.summary = "compare two runs, or the newest runs of two kernels, case by case",
	.help = "A and B are folders of runs, their names, or kernels by release or its beginning,\n"
		"6.12, with the plan after a colon if need be, 6.12:nightly: its newest run.\n"
		"Rechecks count as tries of the run that they repeat.\n"
		"Exit status: 0 alike, 1 a case differs, 2 usage, 3 a record cannot be read.\n",
	.options = diff_options,
	.run = diff,
};
