/* SPDX-License-Identifier: GPL-2.0-only */
/* The lists of findings and of cases. */
#include <string.h>

#include "reports/site/site-private.h"

#define AREA_ROWS 20000

static size_t one_page(const struct site *s)
{
	(void)s;
	return 1;
}

static const char *findings_page(const struct site *s, size_t i)
{
	(void)s;
	(void)i;
	return "findings";
}

static const char *cases_page(const struct site *s, size_t i)
{
	(void)s;
	(void)i;
	return "cases";
}

/* The newest run that showed it, of any kernel. */
static uint32_t last_seen(const struct site *s, const struct group *g)
{
	uint32_t last = HISTORY_NONE;

	for (size_t c = 0; c < s->nr_columns; c++)
		if (g->seen[c].last != HISTORY_NONE &&
		    (last == HISTORY_NONE || g->seen[c].last > last))
			last = g->seen[c].last;
	return last;
}

static int by_worth(const void *a, const void *b, void *site)
{
	const struct site *s = site;
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
	const struct group *x = &s->groups[i], *y = &s->groups[j];
	int ret = (*x->known != '\0') - (*y->known != '\0');

	if (!ret)
		ret = (int)x->worst - (int)y->worst;
	if (!ret)
		ret = compare_severities(site_known(s, x->known)->severity,
					 site_known(s, y->known)->severity);
	if (!ret)
		ret = strcmp(x->known, y->known);
	return ret ? ret : (i > j) - (i < j);
}

static void show_finding_row(struct page *p, uint32_t group)
{
	const struct group *g = &p->s->groups[group];

	buf_adds(p->b, "<tr><td>");
	if (g->worst < STATUSES)
		show_status(p, g->worst);
	else
		buf_adds(p->b, "not seen lately");
	buf_adds(p->b, "</td><td class=\"long\">");
	show_group(p, group);
	buf_adds(p->b, "</td><td>");
	show_severity(p, site_known(p->s, g->known));
	buf_addf(p->b, "</td><td class=\"n\">%zu</td>", g->nr_cases);
	show_run_or_none(p, last_seen(p->s, g));
	buf_adds(p->b, "</tr>\n");
}

static void write_findings(struct page *p, size_t page)
{
	static const char *const heads[] = { "Status", "Finding",   "Severity",
					     "Cases",  "Last seen", NULL };
	const struct site *s = p->s;
	uint32_t *order = xcalloc(s->nr_groups + 1, sizeof(*order));
	size_t n = 0;

	(void)page;
	for (uint32_t i = 0; i < s->nr_groups; i++)
		if (s->groups[i].nr_cases)
			order[n++] = i;
	if (n)
		qsort_r(order, n, sizeof(*order), by_worth, (void *)s);
	page_begin(p, "Findings", NULL);
	buf_adds(p->b, "<p>Those that no list knows come first. The status is the worst of the "
		       "newest runs.</p>\n");
	html_table(p->b, "Findings", heads);
	for (size_t i = 0; i < MIN(n, (size_t)AREA_ROWS); i++)
		show_finding_row(p, order[i]);
	html_table_end(p->b);
	show_left_out(p, n - MIN(n, (size_t)AREA_ROWS), "findings");
	page_end(p);
	free(order);
}

static size_t area_begin(const struct site *s, size_t area)
{
	return area ? s->area_ends[area - 1] : 0;
}

/* How many cases of an area have something to say in a column: "3 N, 2 K". */
static void show_area_counts(struct page *p, size_t area, size_t column)
{
	const struct site *s = p->s;
	size_t counts[STATUSES] = { 0 };
	enum status worst = STATUSES;
	bool any = false;

	for (size_t i = area_begin(s, area); i < s->area_ends[area]; i++) {
		const struct entry *e = s->now[s->by_name[i] * s->nr_columns + column];

		if (e) {
			counts[e->row->status]++;
			worst = MIN(worst, e->row->status);
		}
	}
	buf_addf(p->b, "<td class=\"%s%s\">", worst < STATUSES ? "s-" : "",
		 worst < STATUSES ? status_name(worst) : "");
	for (enum status i = 0; i < STATUSES; i++) {
		if (!counts[i])
			continue;
		buf_addf(p->b, "%s%zu %s", any ? ", " : "", counts[i], status_name(i));
		any = true;
	}
	buf_adds(p->b, "</td>");
}

static void write_cases(struct page *p, size_t page)
{
	const struct site *s = p->s;

	(void)page;
	page_begin(p, "Cases", NULL);
	buf_adds(p->b, "<p>By the first part of their names; what they did in the newest run that "
		       "had them.</p>\n");
	show_marks_head(p, "Cases");
	for (size_t i = 0; i < s->nr_areas; i++) {
		buf_addf(p->b, "<tr><th scope=\"row\" class=\"name\"><a href=\"lists/%s.html\">",
			 s->area_pages[i]);
		html_text(p->b, *s->areas[i] ? s->areas[i] : "unnamed", SITE_NAME);
		buf_addf(p->b, "</a> %zu</th>", s->area_ends[i] - area_begin(s, i));
		for (size_t c = 0; c < s->nr_columns; c++)
			show_area_counts(p, i, c);
		buf_adds(p->b, "</tr>\n");
	}
	html_table_end(p->b);
	page_end(p);
}

static size_t nr_areas(const struct site *s)
{
	return s->nr_areas;
}

static const char *area_page(const struct site *s, size_t i)
{
	return s->area_pages[i];
}

static void write_area(struct page *p, size_t area)
{
	const struct site *s = p->s;
	size_t from = area_begin(s, area), n = s->area_ends[area] - from, i;
	_cleanup_free_ char *title = xasprintf("Cases of %s", s->areas[area]);

	page_begin(p, title, NULL);
	show_marks_head(p, "Case");
	for (i = 0; i < MIN(n, (size_t)AREA_ROWS); i++) {
		uint32_t c = s->by_name[from + i];

		buf_adds(p->b, "<tr><th scope=\"row\" class=\"name\">");
		show_case(p, c);
		buf_adds(p->b, "</th>");
		show_marks(p, c);
		buf_adds(p->b, "</tr>\n");
	}
	html_table_end(p->b);
	show_left_out(p, n - i, "cases");
	page_end(p);
}

const struct page_kind page_findings = {
	.folder = "",
	.count = one_page,
	.name = findings_page,
	.write = write_findings,
};

const struct page_kind page_cases = {
	.folder = "",
	.count = one_page,
	.name = cases_page,
	.write = write_cases,
};

const struct page_kind page_area = {
	.folder = "lists",
	.count = nr_areas,
	.name = area_page,
	.write = write_area,
};
