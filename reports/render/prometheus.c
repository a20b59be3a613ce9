/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Metrics in Prometheus' text format, for the textfile collector of a node exporter. One
 * run is one file; rename it into place.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/render/render.h"
#include "reports/text/plain.h"
#include "reports/text/when.h"

#define LABEL_MAX 200 /* bytes */

struct metrics {
	struct render *r;
	struct buf labels; /* of the run: 'kernel="...",plan="..."' */
};

/* @value as a label's: printable ASCII, which leaves two characters to escape. */
static void add_label(struct buf *b, const char *name, const char *value)
{
	_cleanup_buf_ struct buf plain = BUF_INIT;

	plain_add_line(&plain, value, LABEL_MAX);
	buf_addf(b, "%s%s=\"", b->len ? "," : "", name);
	for (const char *p = buf_str(&plain); *p; p++)
		buf_addf(b, "%s%c", *p == '"' || *p == '\\' ? "\\" : "", *p);
	buf_addc(b, '"');
}

static void family(struct metrics *m, const char *name, const char *help)
{
	fprintf(m->r->out, "# HELP daxrig_%s %s\n# TYPE daxrig_%s gauge\n", name, help, name);
}

/* @label NULL: none beside those of the run. */
static void sample(struct metrics *m, const char *name, const char *label, const char *value,
		   double number)
{
	_cleanup_buf_ struct buf labels = BUF_INIT;

	buf_adds(&labels, buf_str(&m->labels));
	if (label)
		add_label(&labels, label, value);
	fprintf(m->r->out, "daxrig_%s{%s} %.15g\n", name, buf_str(&labels), number);
}

static void single(struct metrics *m, const char *name, const char *help, double number)
{
	family(m, name, help);
	sample(m, name, NULL, NULL, number);
}

static void add_verdicts(struct metrics *m)
{
	family(m, "cases", "Cases of the run, by verdict.");
	for (size_t i = 0; i < ARRAY_SIZE(m->r->counts); i++)
		sample(m, "cases", "verdict", verdict_name((enum verdict)i),
		       (double)m->r->counts[i]);
}

static void add_statuses(struct metrics *m)
{
	size_t counts[STATUSES];

	render_statuses(m->r, counts);
	family(m, "statuses", "Cases of the run, by what they are to the runs before.");
	for (enum status s = 0; s < STATUSES; s++)
		sample(m, "statuses", "status", status_name(s), (double)counts[s]);
}

/* Each rule, so that none is absent when it breaks first; an unknown one counts for none. */
static void add_rules(struct metrics *m)
{
	size_t counts[RULES] = { 0 };
	enum rule rule;

	for (size_t i = 0; i < m->r->nr_cases; i++) {
		const struct case_record *rec = m->r->cases[i];

		if (rec->verdict == VERDICT_FAIL && rec->finding_count &&
		    rule_find(rec->findings[0].rule, &rule))
			counts[rule]++;
	}
	family(m, "rule_fails", "Failed cases, by the rule that their first finding broke.");
	for (size_t i = 0; i < RULES; i++)
		sample(m, "rule_fails", "rule", rules[i].name, (double)counts[i]);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The label of the first known finding; two names that are cut to one are one. */
static char *known_label(const struct case_record *rec)
{
	struct buf b = BUF_INIT;

	if (rec->verdict != VERDICT_FAIL || !rec->finding_count || !rec->findings[0].known ||
	    !*rec->findings[0].known)
		return NULL;
	plain_add_line(&b, rec->findings[0].known, LABEL_MAX);
	return buf_take(&b);
}

static void add_known(struct metrics *m)
{
	_cleanup_free_ char **names = xcalloc(m->r->nr_cases + 1, sizeof(*names));
	size_t n = 0, first = 0;

	for (size_t i = 0; i < m->r->nr_cases; i++) {
		names[n] = known_label(m->r->cases[i]);
		n += names[n] != NULL;
	}
	if (n)
		qsort(names, n, sizeof(*names), by_text);
	family(m, "known_fails", "Failed cases, by the known finding that they show first.");
	for (size_t i = 0; i < n; i++) {
		if (i + 1 < n && strcmp(names[i], names[i + 1]) == 0)
			continue;
		sample(m, "known_fails", "finding", names[i], (double)(i + 1 - first));
		first = i + 1;
	}
	for (size_t i = 0; i < n; i++)
		free(names[i]);
}

static void add_phases(struct metrics *m)
{
	static const char *const names[] = { "queue", "fork",	 "settle",
					     "steps", "oracles", "teardown" };
	double sums[ARRAY_SIZE(names)] = { 0 };

	for (size_t i = 0; i < m->r->nr_cases; i++) {
		const struct case_timing *t = &m->r->cases[i]->timing;
		const uint64_t ns[] = { t->queue_ns, t->fork_ns,    t->settle_ns,
					t->steps_ns, t->oracles_ns, t->teardown_ns };

		for (size_t j = 0; j < ARRAY_SIZE(ns); j++)
			sums[j] += (double)ns[j] / 1e9;
	}
	family(m, "phase_seconds", "Time of all cases in each of their phases.");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		sample(m, "phase_seconds", "phase", names[i], sums[i]);
}

static void add_time(struct metrics *m)
{
	const struct render_run *run = m->r->run;
	time_t start;

	single(m, "run_seconds", "Duration of the run.", (double)run->duration_ns / 1e9);
	if (run->started && when_parse(run->started, &start))
		single(m, "run_start_timestamp_seconds", "When the run began, since 1970 in UTC.",
		       (double)start);
	single(m, "run_complete", "1 if the run got to its last case.", !run->incomplete);
}

static void prometheus_end(struct render *r, const char *reason)
{
	const struct render_run *run = r->run;
	struct metrics m = { .r = r, .labels = BUF_INIT };

	(void)reason;
	add_label(&m.labels, "kernel", run->kernel_release);
	add_label(&m.labels, "plan", run->plan);
	if (run->plan_shard && *run->plan_shard)
		add_label(&m.labels, "shard", run->plan_shard);
	add_verdicts(&m);
	add_statuses(&m);
	add_rules(&m);
	add_known(&m);
	add_time(&m);
	add_phases(&m);
	buf_deinit(&m.labels);
}

const struct renderer renderer_prometheus = {
	.name = "prometheus",
	.summary = "metrics in Prometheus' text format: counts and times by kernel and plan",
	.end = prometheus_end,
};
