/* SPDX-License-Identifier: GPL-2.0-only */
/* --repeat: a case whose verdict varies is a race; prints how often each verdict came. */
#include <stdio.h>
#include <string.h>

#include "run/record-private.h"

struct rate {
	unsigned int n[VERDICT_ERROR + 1], runs;
};

/* The length of @name up to the mark of a repeat. */
static size_t base_len(const char *name)
{
	const char *mark = strrchr(name, *PLAN_REPEAT);

	return mark ? (size_t)(mark - name) : strlen(name);
}

/* Counts the verdicts of the case at @first and its repeats, which share the name up to the mark. */
static struct rate rate_of(const struct run *r, size_t first)
{
	size_t len = base_len(r->plan.cases[first].name);
	struct rate rate = { 0 };

	for (size_t i = first; i < r->plan.nr_cases; i++) {
		if (!r->records[i] ||
		    strncmp(r->plan.cases[i].name, r->plan.cases[first].name, len + 1))
			continue;
		rate.n[r->records[i]->verdict]++;
		rate.runs++;
	}
	return rate;
}

static bool is_first(const struct run *r, size_t i)
{
	return strcmp(r->plan.cases[i].name + base_len(r->plan.cases[i].name), PLAN_REPEAT "1") ==
	       0;
}

static void name_race(struct run *r, size_t i, const struct rate *rate)
{
	size_t len = base_len(r->plan.cases[i].name);
	struct buf line = BUF_INIT;

	buf_addf(&line, "race: %.*s:", (int)len, r->plan.cases[i].name);
	for (size_t v = 0; v < ARRAY_SIZE(rate->n); v++)
		if (rate->n[v])
			buf_addf(&line, " %s %u of %u", verdict_name((enum verdict)v), rate->n[v],
				 rate->runs);
	progress_line(&r->note, "%s", buf_str(&line));
	buf_deinit(&line);
}

void run_tell_rates(struct run *r)
{
	size_t cases = 0, races = 0;

	if (r->o->repeat < 2)
		return;
	for (size_t i = 0; i < r->plan.nr_cases; i++) {
		struct rate rate;
		size_t kinds = 0;

		if (!is_first(r, i))
			continue;
		rate = rate_of(r, i);
		cases += rate.runs > 0;
		for (size_t v = 0; v < ARRAY_SIZE(rate.n); v++)
			kinds += rate.n[v] != 0;
		if (kinds < 2)
			continue;
		races++;
		name_race(r, i, &rate);
	}
	progress_line(&r->note,
		      "%zu cases %u times: %zu had the same verdict each time, %zu did not", cases,
		      r->o->repeat, cases - races, races);
}
