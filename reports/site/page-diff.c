/* SPDX-License-Identifier: GPL-2.0-only */
/* What differs between two runs. */
#include <string.h>

#include "reports/history/diff.h"
#include "reports/site/site-private.h"

static size_t nr_columns(const struct site *s)
{
	return s->nr_columns;
}

static const char *diff_page(const struct site *s, size_t i)
{
	return s->diff_pages[i];
}

static const char *outcome(const struct history_row *row)
{
	if (!row || row->absent)
		return "not in the run";
	if (row->fails)
		return "fail";
	if (row->tries)
		return "pass";
	return row->verdict == VERDICT_SKIP ? "skip" : "no result";
}

static void show_row(struct page *p, const struct diff_row *d)
{
	buf_adds(p->b, "<tr><td class=\"name\">");
	show_case(p, d->b ? d->b->of : d->a->of);
	buf_addf(p->b, "</td><td>%s</td><td>%s</td><td class=\"long\">", outcome(d->a),
		 outcome(d->b));
	if (d->finding != HISTORY_NONE)
		show_group(p, p->s->group_of[d->finding]);
	buf_adds(p->b, "</td></tr>\n");
}

/* The rows of one kind are in a row. */
static void show_kind(struct page *p, const struct diff_row *v, size_t n)
{
	static const char *const heads[] = { "Case", "Before", "After", "Finding", NULL };

	buf_addf(p->b, "<h2>%s: %zu case%s</h2>\n<p class=\"dim\">%s</p>\n",
		 diff_kind_name(v->kind), n, n == 1 ? "" : "s", diff_kind_text(v->kind));
	html_table(p->b, diff_kind_name(v->kind), heads);
	for (size_t i = 0; i < MIN(n, (size_t)SITE_ROWS); i++)
		show_row(p, &v[i]);
	html_table_end(p->b);
	show_left_out(p, n - MIN(n, (size_t)SITE_ROWS), "cases");
}

static void show_side(struct page *p, const char *term, uint32_t r)
{
	const struct history_run *run = &p->s->h->runs[r];

	show_term(p, term);
	show_run(p, r);
	buf_adds(p->b, ": ");
	show_counts(p, run, STATUSES);
	buf_adds(p->b, run->complete ? "</dd>\n" : ", incomplete</dd>\n");
}

void show_differences(struct page *p, uint32_t before, uint32_t after)
{
	const struct history_run *x = &p->s->h->runs[before], *y = &p->s->h->runs[after];
	struct diff d;

	diff_runs(p->s->h, before, after, &d);
	buf_adds(p->b, "<dl>\n");
	show_side(p, "before", before);
	show_side(p, "after", after);
	buf_adds(p->b, "</dl>\n");
	if (!history_comparable(x, y) || strcmp(x->shard, y->shard) || strcmp(x->match, y->match))
		buf_adds(p->b, "<p>More than the kernel differs: plan, guest, accelerator or "
			       "selection.</p>\n");
	if (!d.n)
		buf_adds(p->b, "<p>No case differs.</p>\n");
	for (size_t i = 0; i < d.n; i += d.counts[d.v[i].kind])
		show_kind(p, &d.v[i], d.counts[d.v[i].kind]);
	diff_deinit(&d);
}

static void write_diff(struct page *p, size_t i)
{
	const struct column *c = &p->s->columns[i];
	_cleanup_free_ char *title = xasprintf("%s %s: what differs", c->name, c->more);

	page_begin(p, title, "The newest run against the one before");
	show_differences(p, c->before, c->newest);
	page_end(p);
}

const struct page_kind page_diff = {
	.folder = "diffs",
	.count = nr_columns,
	.name = diff_page,
	.write = write_diff,
};
