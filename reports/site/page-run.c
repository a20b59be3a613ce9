/* SPDX-License-Identifier: GPL-2.0-only */
/* One kernel in one night. */
#include <string.h>

#include "reports/site/site-private.h"

static size_t nr_runs(const struct site *s)
{
	return s->h->nr_runs;
}

static const char *run_page(const struct site *s, size_t i)
{
	return s->run_pages[i];
}

/* The statuses that have a table of their cases, and what stands in it. */
static const struct {
	enum status status;
	const char *head;
	const char *heads[6];
} tables[] = {
	{ STATUS_NEW, "New", { "Case", "Finding", "Failed", "Last good", "First bad", NULL } },
	{ STATUS_REGRESSED,
	  "Regressed",
	  { "Case", "Finding", "Failed", "Last good", "First bad", NULL } },
	{ STATUS_STILL,
	  "Still failing",
	  { "Case", "Finding", "Failed", "Last good", "First bad", NULL } },
	{ STATUS_FLAKY, "Flaky", { "Case", "Finding", "Failed", "Last good", "First bad", NULL } },
	{ STATUS_FIXED, "Fixed", { "Case", "Finding", "Failed", "Last bad", NULL } },
	{ STATUS_GONE, "Gone", { "Case", "Why", "Last good", NULL } },
	{ STATUS_LOST, "Lost", { "Case", "Why", "Last good", NULL } },
};

static void show_fail(struct page *p, const struct history_row *row)
{
	if (row->nr_findings)
		show_findings(p, row);
	else
		buf_adds(p->b,
			 row->fails ? "<td>no finding is recorded</td>" : "<td>passes now</td>");
	show_rate(p, row);
	show_run_or_none(p, row->last_good);
	show_run_or_none(p, row->first_bad);
}

static void show_fixed(struct page *p, uint32_t run, const struct history_row *row)
{
	const struct entry *bad = site_fail_before(p->s, row->of, run);

	if (bad)
		show_findings(p, bad->row);
	else
		buf_adds(p->b, "<td>none</td>");
	show_rate(p, row);
	show_run_or_none(p, bad ? bad->run : HISTORY_NONE);
}

static const char *why_without_result(const struct history_row *row)
{
	switch (row->verdict) {
	case VERDICT_SKIP:
		return row->absent ? "no longer in the plan" : "skipped now";
	case VERDICT_ERROR:
		return "error: the rig or the host failed";
	case VERDICT_PASS:
	case VERDICT_FAIL:
		break;
	}
	return "an oracle did not see all";
}

static void show_row(struct page *p, uint32_t run, const struct history_row *row)
{
	buf_adds(p->b, "<tr><td class=\"name\">");
	show_case(p, row->of);
	buf_adds(p->b, "</td>");
	if (row->status == STATUS_FIXED) {
		show_fixed(p, run, row);
	} else if (row->status == STATUS_GONE || row->status == STATUS_LOST) {
		buf_addf(p->b, "<td>%s</td>", why_without_result(row));
		show_run_or_none(p, row->last_good);
	} else {
		show_fail(p, row);
	}
	buf_adds(p->b, "</tr>\n");
}

static void show_table(struct page *p, uint32_t r, size_t table)
{
	const struct history_run *run = &p->s->h->runs[r];
	enum status status = tables[table].status;
	size_t n = 0;

	if (!run->statuses[status])
		return;
	buf_adds(p->b, "<h2>");
	show_status(p, status);
	buf_addf(p->b, " %zu case%s</h2>\n<p class=\"dim\">%s: %s.</p>\n", run->statuses[status],
		 run->statuses[status] == 1 ? "" : "s", tables[table].head, status_text(status));
	html_table(p->b, tables[table].head, tables[table].heads);
	for (size_t i = 0; i < run->nr_rows && n < SITE_ROWS; i++) {
		if (run->rows[i].status != status)
			continue;
		show_row(p, r, &run->rows[i]);
		n++;
	}
	html_table_end(p->b);
	show_left_out(p, run->statuses[status] - n, "cases");
}

static void show_known_row(struct page *p, uint32_t group, size_t cases, uint32_t first)
{
	const struct group *g = &p->s->groups[group];

	buf_adds(p->b, "<tr><td class=\"long\">");
	show_group(p, group);
	buf_adds(p->b, "</td><td>");
	show_severity(p, site_known(p->s, g->known));
	buf_addf(p->b, "</td><td class=\"n\">%zu</td><td class=\"name\">", cases);
	show_case(p, first);
	buf_adds(p->b, "</td></tr>\n");
}

/* Known fails by their first finding. */
static void show_known(struct page *p, const struct history_run *run)
{
	static const char *const heads[] = { "Finding", "Severity", "Cases", "First", NULL };
	const struct site *s = p->s;
	uint32_t *first = xcalloc(s->nr_groups + 1, sizeof(*first));
	size_t *cases = xcalloc(s->nr_groups + 1, sizeof(*cases));

	for (size_t i = 0; i < run->nr_rows; i++) {
		const struct history_row *row = &run->rows[i];

		if (row->status != STATUS_KNOWN || !row->nr_findings)
			continue;
		if (!cases[s->group_of[row->findings[0]]]++)
			first[s->group_of[row->findings[0]]] = row->of;
	}
	if (run->statuses[STATUS_KNOWN]) {
		buf_adds(p->b, "<h2>");
		show_status(p, STATUS_KNOWN);
		buf_addf(p->b, " %zu case%s by finding</h2>\n", run->statuses[STATUS_KNOWN],
			 run->statuses[STATUS_KNOWN] == 1 ? "" : "s");
		html_table(p->b, "Known", heads);
		for (enum severity sev = 1; sev <= SEVERITIES; sev++)
			for (uint32_t g = 0; g < s->nr_groups; g++)
				if (cases[g] &&
				    site_known(s, s->groups[g].known)->severity == sev % SEVERITIES)
					show_known_row(p, g, cases[g], first[g]);
		html_table_end(p->b);
	}
	free(first);
	free(cases);
}

static void show_facts(struct page *p, uint32_t r)
{
	const struct history_run *run = &p->s->h->runs[r];
	_cleanup_free_ char *url = *run->path ? site_run_url(p->s, run) : NULL;

	buf_adds(p->b, "<dl>\n");
	show_fact(p, "kernel", run_kernel(run));
	show_fact(p, "given as", run->spec);
	show_fact(p, "package", run->package);
	show_fact(p, "build", run->key);
	show_fact(p, "plan", run->plan);
	show_fact(p, "match", run->match);
	show_fact(p, "shard", run->shard);
	show_fact(p, "guest", run->geometry);
	show_fact(p, "accelerator", run->accel);
	show_fact(p, "architecture", run->arch);
	show_fact(p, "profile", run->profile);
	show_fact(p, "started", run->started);
	if (run->duration_ns) {
		show_term(p, "took");
		buf_addf(p->b, "%.0f s</dd>\n", (double)run->duration_ns / 1e9);
	}
	if (run->before != HISTORY_NONE) {
		show_term(p, "compared with");
		show_run(p, run->before);
		buf_adds(p->b, "</dd>\n");
	}
	show_term(p, "run");
	html_text(p->b, run->name, SITE_NAME);
	buf_adds(p->b, "</dd>\n");
	if (url) {
		show_term(p, "record");
		buf_addf(p->b, "<a href=\"%s", url);
		html_path(p->b, strrchr(run->path, '/') ? strrchr(run->path, '/') + 1 : run->path);
		buf_adds(p->b, "\">run.json</a></dd>\n");
	}
	buf_adds(p->b, "</dl>\n");
}

static void show_statuses(struct page *p, const struct history_run *run)
{
	static const char *const heads[] = { "Status", "Cases", "Meaning", NULL };

	html_table(p->b, "Cases by status", heads);
	for (enum status s = 0; s < STATUSES; s++) {
		if (!run->statuses[s])
			continue;
		buf_adds(p->b, "<tr><td>");
		show_status(p, s);
		buf_addf(p->b, "</td><td class=\"n\">%zu</td><td>%s</td></tr>\n", run->statuses[s],
			 status_text(s));
	}
	html_table_end(p->b);
	if (!run->complete)
		buf_adds(p->b, "<p><strong>Incomplete</strong>: the run was interrupted.</p>\n");
}

static void write_run(struct page *p, size_t i)
{
	const struct history_run *run = &p->s->h->runs[i];
	const struct column *c = &p->s->columns[p->s->column_of[i]];
	_cleanup_free_ char *title = xasprintf("%s, %s", run_kernel(run),
					       p->s->nights[p->s->night_of[i]].name);

	page_begin(p, title, "One kernel in one night");
	if (*run->untested) {
		buf_adds(p->b, "<p><strong>Untested</strong>: ");
		html_text(p->b, run->untested, 1000);
		buf_adds(p->b, "</p>\n");
	} else {
		show_statuses(p, run);
	}
	if (c->newest == i && p->s->diff_pages[p->s->column_of[i]])
		buf_addf(p->b,
			 "<p><a href=\"../diffs/%s.html\">What differs from the run before</a>"
			 "</p>\n",
			 p->s->diff_pages[p->s->column_of[i]]);
	for (size_t t = 0; t < ARRAY_SIZE(tables); t++)
		show_table(p, (uint32_t)i, t);
	show_known(p, run);
	buf_adds(p->b, "<h2>The run</h2>\n");
	show_facts(p, (uint32_t)i);
	buf_adds(p->b, "<p>Each case is in the <a href=\"../cases.html\">list of cases</a>.</p>\n");
	page_end(p);
}

const struct page_kind page_run = {
	.folder = "runs",
	.count = nr_runs,
	.name = run_page,
	.write = write_run,
};
