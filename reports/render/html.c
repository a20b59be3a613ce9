/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "reports/record/triage.h"
#include "reports/render/render.h"
#include "reports/site/details.h"
#include "reports/site/html.h"

#define CASES_SHOWN 500 /* in full */
#define TEXT_BYTES 1000

/* The class of a verdict: the colours of pages are those of statuses. */
static const char *const classes[] = {
	[VERDICT_PASS] = "pass",
	[VERDICT_FAIL] = "new",
	[VERDICT_SKIP] = "skip",
	[VERDICT_ERROR] = "lost",
};

static void add_fact(struct buf *b, const char *term, const char *value)
{
	if (!value || !*value)
		return;
	buf_addf(b, "<dt>%s</dt><dd>", term);
	html_text(b, value, TEXT_BYTES);
	buf_adds(b, "</dd>\n");
}

static void add_facts(struct buf *b, const struct render_run *run)
{
	buf_adds(b, "<dl>\n");
	add_fact(b, "record", run->path);
	add_fact(b, "started", run->started);
	add_fact(b, "kernel", run->kernel_release);
	add_fact(b, "given as", run->kernel_spec);
	add_fact(b, "plan", run->plan);
	add_fact(b, "accelerator", run->accel);
	if (run->duration_ns)
		buf_addf(b, "<dt>took</dt><dd>%.0f s</dd>\n", (double)run->duration_ns / 1e9);
	buf_adds(b, "</dl>\n");
	if (!run->incomplete)
		return;
	buf_adds(b, "<p><strong>Incomplete</strong>: ended before its last case");
	if (run->end_reason && *run->end_reason) {
		buf_adds(b, ": ");
		html_text(b, run->end_reason, TEXT_BYTES);
	}
	buf_adds(b, "</p>\n");
}

static void add_verdict(struct buf *b, enum verdict v)
{
	buf_addf(b, "<span class=\"st s-%s\">%s</span>", classes[v], verdict_name(v));
}

static void add_counts(struct buf *b, const struct render *r)
{
	static const char *const heads[] = { "Verdict", "Cases", NULL };

	html_table(b, "Verdicts", heads);
	for (enum verdict v = 0; v <= VERDICT_ERROR; v++) {
		buf_adds(b, "<tr><td>");
		add_verdict(b, v);
		buf_addf(b, "</td><td class=\"n\">%zu</td></tr>\n", r->counts[v]);
	}
	html_table_end(b);
}

static void add_kind(struct buf *b, const struct kind *k, enum verdict v)
{
	_cleanup_buf_ struct buf where = BUF_INIT;

	kind_add_where(k, &where);
	buf_adds(b, "<tr><td>");
	add_verdict(b, v);
	buf_addf(b, "</td><td class=\"n\">%zu</td><td class=\"long\">", k->cases);
	html_text(b, k->reason, TEXT_BYTES);
	buf_adds(b, "</td><td class=\"name\">");
	html_text(b, buf_str(&where), TEXT_BYTES);
	buf_adds(b, "</td></tr>\n");
}

/* Cases whose reasons differ in numbers alone, as one. */
static void add_kinds(struct buf *b, const struct render *r, enum verdict v)
{
	static const char *const heads[] = { "Verdict", "Cases", "Reason", "Where", NULL };
	struct kinds k = KINDS_INIT;

	for (size_t i = 0; i < r->nr_cases; i++)
		if (r->cases[i]->verdict == v)
			kinds_add(&k, r->cases[i]->name, render_reason(r->cases[i]));
	kinds_sort(&k);
	if (k.n) {
		buf_addf(b, "<h2>%s: %zu case%s by reason</h2>\n", verdict_name(v), r->counts[v],
			 r->counts[v] == 1 ? "" : "s");
		html_table(b, "Reasons", heads);
	}
	for (size_t i = 0; i < k.n; i++)
		add_kind(b, k.v[i], v);
	if (k.n)
		html_table_end(b);
	kinds_deinit(&k);
}

/* The name of the known finding that a case is, or NULL. */
static const char *known_name(const struct render *r, const struct case_record *c)
{
	const struct known *k = r->run->known;
	size_t unknown, row = k ? known_of(k, r->run->kernel_release ? r->run->kernel_release : "",
					   c, &unknown) :
				  0;

	if (k && row < k->n)
		return k->v[row].name;
	for (size_t i = 0; i < c->finding_count; i++)
		if (!c->findings[i].known)
			return NULL;
	return c->finding_count ? c->findings[0].known : NULL;
}

static void add_case(struct buf *b, const struct render *r, const struct case_record *c)
{
	static const struct details_place here = { "", NULL };
	const char *known = known_name(r, c);

	buf_adds(b, "<details><summary>");
	add_verdict(b, c->verdict);
	buf_addc(b, ' ');
	html_text(b, c->name, TEXT_BYTES);
	if (known) {
		buf_adds(b, ", known as ");
		html_text(b, known, TEXT_BYTES);
	}
	buf_adds(b, "</summary>\n");
	details_add(b, c, &here);
	if (c->scenario && *c->scenario)
		details_add_scenario(b, c->scenario);
	buf_adds(b, "</details>\n");
}

static bool is_bad(const struct case_record *c)
{
	return c->verdict == VERDICT_FAIL || c->verdict == VERDICT_ERROR;
}

/* Those that no list knows first. */
static void add_bad(struct buf *b, const struct render *r)
{
	size_t n = 0, bad = r->counts[VERDICT_FAIL] + r->counts[VERDICT_ERROR];

	if (!bad)
		return;
	buf_adds(b, "<h2>Cases that failed or ended in error</h2>\n<p class=\"dim\">Links to "
		    "evidence work when this page is in the folder of the run.</p>\n");
	for (int known = 0; known <= 1; known++)
		for (size_t i = 0; i < r->nr_cases && n < CASES_SHOWN; i++) {
			const struct case_record *c = r->cases[i];

			if (!is_bad(c) || (known_name(r, c) != NULL) != known)
				continue;
			add_case(b, r, c);
			n++;
		}
	if (bad > n)
		buf_addf(b, "<p class=\"dim\">And %zu more in the record.</p>\n", bad - n);
}

static void add_passed(struct buf *b, const struct render *r)
{
	if (!r->counts[VERDICT_PASS])
		return;
	buf_addf(b, "<h2>Passed</h2>\n<details><summary>%zu cases</summary>\n<ul>\n",
		 r->counts[VERDICT_PASS]);
	for (size_t i = 0; i < r->nr_cases; i++) {
		if (r->cases[i]->verdict != VERDICT_PASS)
			continue;
		buf_adds(b, "<li>");
		html_text(b, r->cases[i]->name, TEXT_BYTES);
		buf_adds(b, "</li>\n");
	}
	buf_adds(b, "</ul></details>\n");
}

static void html_end(struct render *r, const char *reason)
{
	const char *kernel = r->run->kernel_release && *r->run->kernel_release ?
				     r->run->kernel_release :
				     "a run";
	_cleanup_free_ char *title = xasprintf("%s - daxrig", kernel);
	_cleanup_buf_ struct buf b = BUF_INIT;

	(void)reason;
	html_begin(&b, title, NULL);
	buf_adds(&b, "<main id=\"main\">\n<h1>");
	html_text(&b, kernel, TEXT_BYTES);
	buf_adds(&b, "</h1>\n");
	add_facts(&b, r->run);
	add_counts(&b, r);
	add_kinds(&b, r, VERDICT_FAIL);
	add_kinds(&b, r, VERDICT_ERROR);
	add_bad(&b, r);
	add_kinds(&b, r, VERDICT_SKIP);
	add_passed(&b, r);
	buf_adds(&b, "</main>\n</body>\n</html>\n");
	fwrite(b.data, 1, b.len, r->out);
}

const struct renderer renderer_html = {
	.name = "html",
	.summary = "a page for a browser: each fail with its findings, evidence and scenario",
	.end = html_end,
};
