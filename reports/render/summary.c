/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "reports/record/triage.h"
#include "reports/render/render.h"

/* "LABEL    A, B", without unknown values. */
static void print_line(struct render *r, const char *label, const char *a, const char *b)
{
	a = a ? a : "";
	b = b ? b : "";
	if (!*a && !*b)
		return;
	fprintf(r->out, "%-8s ", label);
	render_text(r, a);
	if (*a && *b)
		fputs(", ", r->out);
	render_text(r, b);
	fputc('\n', r->out);
}

static void print_counts(struct render *r)
{
	double seconds = (double)r->run->duration_ns / 1e9;

	fprintf(r->out, "%-8s %zu:", "cases", r->nr_cases);
	for (size_t i = 0; i < ARRAY_SIZE(r->counts); i++)
		fprintf(r->out, "%s %zu %s", i ? "," : "", r->counts[i],
			verdict_name((enum verdict)i));
	if (r->run->duration_ns)
		fprintf(r->out, "; %.1f s, %.0f cases a minute", seconds,
			60 * (double)r->nr_cases / seconds);
	fputc('\n', r->out);
}

/* The results of the kernel's own tests, if there are any. */
static void print_tests(struct render *r)
{
	size_t counts[STEP_ERROR + 1] = { 0 }, n = 0;

	for (size_t i = 0; i < r->nr_cases; i++)
		n += case_record_tests(r->cases[i], counts);
	if (n)
		fprintf(r->out, "%-8s %zu: %zu pass, %zu fail, %zu skip, %zu error\n", "tests", n,
			counts[STEP_OK], counts[STEP_FAIL], counts[STEP_SKIP], counts[STEP_ERROR]);
}

/* The oracles that did not work for @rec, and why: "ledger: no BTF; flush: no tracefs". */
static void add_lost(struct buf *b, const struct case_record *rec)
{
	for (size_t i = 0; i < rec->evidence_count; i++)
		if (strcmp(rec->evidence[i].name, EVIDENCE_LOST) == 0 && rec->evidence[i].text)
			buf_addf(b, "%s%s", b->len ? "; " : "", rec->evidence[i].text);
}

/* Prints which oracles the verdicts do not include. */
static void print_lost(struct render *r)
{
	struct kinds k = KINDS_INIT;

	for (size_t i = 0; i < r->nr_cases; i++) {
		_cleanup_buf_ struct buf lost = BUF_INIT;

		add_lost(&lost, r->cases[i]);
		if (lost.len)
			kinds_add(&k, r->cases[i]->name, buf_str(&lost));
	}
	kinds_sort(&k);
	for (size_t i = 0; i < k.n; i++) {
		fprintf(r->out, "%-8s an oracle in %zu case%s, first ", "lost", k.v[i]->cases,
			k.v[i]->cases == 1 ? "" : "s");
		render_text(r, k.v[i]->first);
		fputs(": ", r->out);
		render_text(r, k.v[i]->reason);
		fputc('\n', r->out);
	}
	kinds_deinit(&k);
}

static void summary_end(struct render *r, const char *reason)
{
	const struct render_run *run = r->run;

	(void)reason;
	print_line(r, "run", run->path, run->started);
	print_line(r, "kernel", run->kernel_release, run->kernel_spec);
	print_line(r, "plan", run->plan, run->accel);
	print_counts(r);
	print_tests(r);
	print_lost(r);
	if (run->incomplete)
		print_line(r, "ended", "before its last case", run->end_reason);
}

const struct renderer renderer_summary = {
	.name = "summary",
	.summary = "the run, its kernel and plan, how many cases came out how",
	.end = summary_end,
};
