/* SPDX-License-Identifier: GPL-2.0-only */
/* 'daxrig history': one case, or one finding, over nights and kernels. */
#include <stdio.h>
#include <string.h>

#include "base/glob.h"
#include "cmd/cmd.h"
#include "cmd/past.h"

#define CASES_SHOWN 20

static void print_finding(const struct history *h, const struct history_row *row)
{
	const struct history_finding *f;

	if (!row->nr_findings)
		return;
	f = &h->findings[row->findings[0]];
	printf("  ");
	past_text(f->rule);
	printf(": ");
	past_text(*f->known ? f->known : f->example);
	if (row->nr_findings > 1)
		printf(" and %u more", row->nr_findings - 1);
}

static void print_when(const struct history_run *r)
{
	char day[17];

	/* "2026-11-30T10:53" of the record's own time */
	snprintf(day, sizeof(day), "%s", r->started);
	printf("  ");
	past_text(day);
	printf("  ");
	past_text(*r->release ? r->release : r->spec);
	printf("  ");
	past_text(r->plan);
}

static void print_case(const struct history *h, uint32_t of)
{
	past_text(h->cases[of].name);
	printf(" (text ");
	past_text(h->cases[of].hash);
	printf(")\n");
	for (uint32_t run = 0; run < h->nr_runs; run++) {
		const struct history_row *row = history_row(h, run, of);

		if (!row)
			continue;
		print_when(&h->runs[run]);
		printf("  %c %s", status_letter(row->status), status_name(row->status));
		if (row->fails)
			printf(", %u of %u", row->fails, row->tries);
		print_finding(h, row);
		putchar('\n');
	}
}

/* How many cases of @run show a finding that matches @glob. */
static size_t count_hits(const struct history *h, uint32_t run, const char *glob,
			 const struct history_row **first)
{
	size_t hits = 0;

	for (size_t i = 0; i < h->runs[run].nr_rows; i++) {
		const struct history_row *row = &h->runs[run].rows[i];
		bool hit = false;

		for (uint32_t j = 0; j < row->nr_findings && !hit; j++) {
			const struct history_finding *f = &h->findings[row->findings[j]];

			hit = glob_match(glob, f->known) || glob_match(glob, f->rule) ||
			      glob_match(glob, f->found);
		}
		if (hit && !hits++)
			*first = row;
	}
	return hits;
}

static void print_finding_history(const struct history *h, const char *glob)
{
	for (uint32_t run = 0; run < h->nr_runs; run++) {
		const struct history_row *first = NULL;
		size_t hits;

		if (!h->runs[run].nr_rows)
			continue;
		hits = count_hits(h, run, glob, &first);
		print_when(&h->runs[run]);
		printf("  %zu of %zu cases", hits, h->runs[run].nr_rows);
		if (first) {
			printf(", first ");
			past_text(h->cases[first->of].name);
			print_finding(h, first);
		}
		putchar('\n');
	}
}

static struct err *print_history(struct past *p, const char *word)
{
	struct history h;
	struct err *err = index_load(p->ix, p->runs, &(struct index_filter){ .of_case = word }, &h);

	if (err)
		return err;
	for (uint32_t i = 0; i < MIN(h.nr_cases, CASES_SHOWN); i++)
		print_case(&h, i);
	if (h.nr_cases > CASES_SHOWN)
		printf("and %zu more cases\n", h.nr_cases - CASES_SHOWN);
	if (h.nr_cases) {
		history_deinit(&h);
		return NULL;
	}
	history_deinit(&h);
	err = index_load(p->ix, p->runs, &(struct index_filter){ .finding = word }, &h);
	if (err)
		return err;
	if (h.nr_cases)
		print_finding_history(&h, word);
	else
		err = err_create(ERR_USAGE, "no run has a case or a finding '%s'", word);
	history_deinit(&h);
	return err;
}

static struct err *history(void *state, char **operands, int n, int *status)
{
	struct past past;
	struct err *err;

	(void)state;
	(void)status;
	if (n != 1)
		return err_create(ERR_USAGE, "'history' takes a case or a finding; see 'daxrig "
					     "history --help'");
	err = glob_check(operands[0]);
	if (err)
		return err;
	err = past_open(&past);
	if (!err)
		err = print_history(&past, operands[0]);
	past_close(&past);
	return err;
}

static const struct command_option history_options[] = { { NULL, NULL, NULL, 0 } };

const struct command cmd_history = {
	.name = "history",
	.operands = "CASE|FINDING",
	.summary = "show what a case, or a finding, did in all runs",
	.help = "CASE is a name or a glob over names; FINDING the name of a known finding, a rule, or\n"
		"what was found with N for each number, or a glob over these. A line is a run,\n"
		"oldest first, with the status of the case as 'daxrig nightly' says it: see the\n"
		"manual. A case whose scenario's text changed is another case.\n",
	.options = history_options,
	.run = history,
};
