/* SPDX-License-Identifier: GPL-2.0-only */
/* The first page: what is new, each kernel's newest run, nights and kernels, letters. */
#include <stdio.h>

#include "reports/site/site-private.h"

static size_t one_page(const struct site *s)
{
	(void)s;
	return 1;
}

static const char *page_name(const struct site *s, size_t i)
{
	(void)s;
	(void)i;
	return "index";
}

/* The cases of one finding in one run, by the worst of its statuses. */
struct news {
	uint32_t group, run, first;
	enum status status;
	size_t cases;
};

static struct news *news_of(struct news *v, size_t *n, uint32_t group, uint32_t run)
{
	for (size_t i = *n; i-- > 0 && v[i].run == run;)
		if (v[i].group == group)
			return &v[i];
	if (*n == SITE_ROWS)
		return NULL;
	v[*n] = (struct news){ group, run, HISTORY_NONE, STATUSES, 0 };
	return &v[(*n)++];
}

static void count_news(struct news *v, size_t *n, size_t *left, const struct history_row *row,
		       uint32_t group, uint32_t run)
{
	struct news *at = news_of(v, n, group, run);

	if (!at) {
		++*left;
		return;
	}
	if (at->first == HISTORY_NONE)
		at->first = row->of;
	at->cases++;
	at->status = MIN(at->status, row->status);
}

/* Returns how many could not be taken. */
static size_t add_news(const struct site *s, uint32_t run, struct news *v, size_t *n)
{
	size_t left = 0;

	for (size_t i = 0; i < s->h->runs[run].nr_rows; i++) {
		const struct history_row *row = &s->h->runs[run].rows[i];

		if (row->status != STATUS_NEW && row->status != STATUS_REGRESSED)
			continue;
		for (uint32_t f = 0; f < row->nr_findings; f++)
			if (!*s->groups[s->group_of[row->findings[f]]].known)
				count_news(v, n, &left, row, s->group_of[row->findings[f]], run);
		if (!row->nr_findings)
			count_news(v, n, &left, row, HISTORY_NONE, run);
	}
	return left;
}

static void show_news_row(struct page *p, const struct news *n)
{
	buf_adds(p->b, "<tr><td>");
	show_status(p, n->status);
	buf_adds(p->b, "</td><td class=\"long\">");
	show_group(p, n->group);
	buf_adds(p->b, "</td>");
	show_run_or_none(p, n->run);
	buf_addf(p->b, "<td class=\"n\">%zu</td><td class=\"name\">", n->cases);
	show_case(p, n->first);
	buf_adds(p->b, "</td></tr>\n");
}

static void show_news(struct page *p)
{
	static const char *const heads[] = { "Status", "Finding", "Run", "Cases", "First", NULL };
	const struct site *s = p->s;
	struct news *v = xcalloc(SITE_ROWS, sizeof(*v));
	size_t n = 0, left = 0;

	for (size_t c = 0; c < s->nr_columns; c++)
		if (site_is_recent(s, &s->columns[c]))
			left += add_news(s, s->columns[c].newest, v, &n);
	buf_adds(p->b, "<section aria-labelledby=\"news\"><h2 id=\"news\">New findings</h2>\n");
	if (!n)
		buf_adds(p->b, "<p>The newest run of each kernel shows nothing new.</p>\n");
	else
		html_table(p->b, "New findings", heads);
	for (size_t i = 0; i < n; i++)
		show_news_row(p, &v[i]);
	if (n)
		html_table_end(p->b);
	show_left_out(p, left, "cases of other new findings");
	buf_adds(p->b, "</section>\n");
	free(v);
}

/* One run in a cell: its worst letter, counts, and whether it is whole. */
static void show_cell_run(struct page *p, uint32_t r)
{
	const struct history_run *run = &p->s->h->runs[r];

	buf_addf(p->b, "<a href=\"runs/%s.html\">", p->s->run_pages[r]);
	if (*run->untested) {
		buf_adds(p->b, "untested");
	} else {
		buf_addf(p->b, "<b>%c</b><small>", status_letter(run_worst(run)));
		show_counts(p, run, STATUS_PASS);
		buf_addf(p->b, "%s</small>", run->complete ? "" : ", incomplete");
	}
	buf_adds(p->b, "</a>");
}

static void show_cell(struct page *p, size_t night, size_t column)
{
	uint32_t newest = p->s->in_cell[night * p->s->nr_columns + column];
	const struct history_run *run;

	if (newest == HISTORY_NONE) {
		buf_adds(p->b, "<td class=\"cell s-none\">no run</td>");
		return;
	}
	run = &p->s->h->runs[newest];
	buf_addf(p->b, "<td class=\"cell s-%s\">",
		 *run->untested ? "untested" : status_name(run_worst(run)));
	for (uint32_t r = newest; r != HISTORY_NONE; r = p->s->older[r])
		show_cell_run(p, r);
	buf_adds(p->b, "</td>");
}

static void show_nights(struct page *p)
{
	const struct site *s = p->s;

	buf_adds(p->b,
		 "<section aria-labelledby=\"nights\"><h2 id=\"nights\">Nights and kernels</h2>\n"
		 "<div class=\"box\" role=\"region\" aria-label=\"Nights and kernels\" "
		 "tabindex=\"0\"><table>\n<caption>Nights and kernels</caption>\n"
		 "<thead><tr><th scope=\"col\">Night</th>");
	for (size_t c = 0; c < s->nr_columns; c++) {
		buf_adds(p->b, "<th scope=\"col\">");
		show_column(p, &s->columns[c]);
		buf_adds(p->b, "</th>");
	}
	buf_adds(p->b, "</tr></thead>\n<tbody>\n");
	for (size_t n = s->nr_nights; n-- > 0;) {
		buf_adds(p->b, "<tr><th scope=\"row\" class=\"date\">");
		html_text(p->b, s->nights[n].name, SITE_NAME);
		buf_adds(p->b, "</th>");
		for (size_t c = 0; c < s->nr_columns; c++)
			show_cell(p, n, c);
		buf_adds(p->b, "</tr>\n");
	}
	html_table_end(p->b);
	show_left_out(p, s->left_runs, "runs, of older nights or other kernels");
	buf_adds(p->b, "</section>\n");
}

static void show_newest(struct page *p)
{
	static const char *const heads[] = { "Kernel", "Newest run", "Cases", "What changed",
					     NULL };
	const struct site *s = p->s;

	buf_adds(p->b, "<section aria-labelledby=\"newest\"><h2 id=\"newest\">Kernels</h2>\n");
	html_table(p->b, "Kernels", heads);
	for (size_t c = 0; c < s->nr_columns; c++) {
		const struct column *column = &s->columns[c];
		const struct history_run *run = &s->h->runs[column->newest];

		buf_adds(p->b, "<tr><th scope=\"row\">");
		show_column(p, column);
		buf_adds(p->b, "</th>");
		show_run_or_none(p, column->newest);
		buf_adds(p->b, "<td class=\"long\">");
		if (*run->untested) {
			buf_adds(p->b, "untested: ");
			html_text(p->b, run->untested, SITE_TEXT);
		} else {
			show_counts(p, run, STATUSES);
		}
		buf_adds(p->b, "</td><td>");
		if (s->diff_pages[c])
			buf_addf(p->b, "<a href=\"diffs/%s.html\">against the run before</a>",
				 s->diff_pages[c]);
		else
			buf_adds(p->b, "no run before");
		buf_adds(p->b, "</td></tr>\n");
	}
	html_table_end(p->b);
	buf_adds(p->b, "</section>\n");
}

static void show_letters(struct page *p)
{
	static const char *const heads[] = { "Status", "Meaning", NULL };

	buf_adds(p->b, "<section aria-labelledby=\"letters\"><h2 id=\"letters\">Letters</h2>\n");
	html_table(p->b, "Letters", heads);
	for (enum status s = 0; s < STATUSES; s++) {
		buf_adds(p->b, "<tr><td>");
		show_status(p, s);
		buf_addf(p->b, "</td><td>%s</td></tr>\n", status_text(s));
	}
	html_table_end(p->b);
	buf_adds(p->b, "</section>\n");
}

/* One sentence on the newest night. */
static void show_verdict(struct page *p)
{
	const struct site *s = p->s;
	size_t sums[STATUSES] = { 0 }, untested = 0;
	const char *comma = "";

	for (size_t c = 0; c < s->nr_columns; c++) {
		const struct history_run *run = &s->h->runs[s->columns[c].newest];

		if (s->night_of[s->columns[c].newest] + 1 != s->nr_nights)
			continue;
		for (enum status i = 0; i < STATUSES; i++)
			sums[i] += run->statuses[i];
		untested += *run->untested != '\0';
	}
	buf_adds(p->b, "<p>");
	html_text(p->b, s->nights[s->nr_nights - 1].name, SITE_NAME);
	buf_adds(p->b, ": ");
	for (enum status i = 0; i < STATUSES; i++) {
		if (!sums[i] && i != STATUS_NEW)
			continue;
		buf_addf(p->b, "%s%zu %s", comma, sums[i], status_name(i));
		comma = ", ";
	}
	if (untested)
		buf_addf(p->b, "; %zu kernel%s untested", untested, untested == 1 ? "" : "s");
	buf_adds(p->b, ".</p>\n");
}

static void write_index(struct page *p, size_t i)
{
	(void)i;
	page_begin(p, "Nights", NULL);
	if (p->s->nr_nights) {
		show_verdict(p);
		show_news(p);
		show_newest(p);
		show_nights(p);
	} else {
		buf_adds(p->b, "<p>There is no run yet.</p>\n");
	}
	show_letters(p);
	page_end(p);
}

const struct page_kind page_index = {
	.folder = "",
	.count = one_page,
	.name = page_name,
	.write = write_index,
};
