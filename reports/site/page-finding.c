/* SPDX-License-Identifier: GPL-2.0-only */
/* A finding, and the list of them. */
#include <stdio.h>
#include <string.h>

#include "base/rule.h"
#include "reports/site/site-private.h"

#define FORMS_SHOWN 50

static size_t nr_groups(const struct site *s)
{
	return s->nr_groups;
}

static const char *group_page(const struct site *s, size_t i)
{
	return s->group_pages[i];
}

static void show_form(struct page *p, const struct history_finding *f)
{
	enum rule rule;

	buf_adds(p->b, "<dl>\n");
	show_term(p, "rule");
	buf_adds(p->b, "<code>");
	html_text(p->b, f->rule, SITE_NAME);
	buf_addf(p->b, "</code>%s%s</dd>\n", rule_find(f->rule, &rule) ? ": " : "",
		 rule_find(f->rule, &rule) ? rules[rule].meaning : "");
	show_fact(p, "expected", f->expected);
	show_fact(p, "found", *f->example ? f->example : f->found);
	if (strcmp(f->found, f->example) != 0)
		show_fact(p, "without numbers", f->found);
	buf_adds(p->b, "</dl>\n");
}

/* All that was seen of it; numbers do not make two of one. */
static void show_forms(struct page *p, uint32_t group)
{
	const struct site *s = p->s;
	size_t n = 0, all = 0;

	buf_adds(p->b, "<h2>What was seen</h2>\n");
	for (size_t i = 0; i < s->h->nr_findings; i++) {
		if (s->group_of[i] != group)
			continue;
		if (all++ < FORMS_SHOWN)
			show_form(p, &s->h->findings[i]);
		n = MIN(all, (size_t)FORMS_SHOWN);
	}
	show_left_out(p, all - n, "forms");
}

static void show_seen(struct page *p, const struct group *g)
{
	static const char *const heads[] = { "Kernel", "First seen", "Last seen",
					     "Runs",   "Cases then", NULL };

	buf_adds(p->b, "<h2>Kernels</h2>\n");
	html_table(p->b, "Kernels", heads);
	for (size_t c = 0; c < p->s->nr_columns; c++) {
		const struct seen *seen = &g->seen[c];

		if (seen->first == HISTORY_NONE)
			continue;
		buf_adds(p->b, "<tr><th scope=\"row\">");
		show_column(p, &p->s->columns[c]);
		buf_adds(p->b, "</th>");
		show_run_or_none(p, seen->first);
		show_run_or_none(p, seen->last);
		buf_addf(p->b, "<td class=\"n\">%zu</td><td class=\"n\">%zu</td></tr>\n",
			 seen->runs, seen->cases);
	}
	html_table_end(p->b);
}

/* The newest status of a case in each column, a cell each. */
void show_marks(struct page *p, uint32_t of_case)
{
	const struct site *s = p->s;

	for (size_t c = 0; c < s->nr_columns; c++) {
		const struct entry *e = s->now[of_case * s->nr_columns + c];

		if (e)
			buf_addf(p->b, "<td class=\"mark s-%s\">%c</td>",
				 status_name(e->row->status), status_letter(e->row->status));
		else
			buf_adds(p->b, "<td></td>");
	}
}

/* The head of a table of cases with show_marks(). */
void show_marks_head(struct page *p, const char *label)
{
	buf_addf(p->b,
		 "<div class=\"box\" role=\"region\" aria-label=\"%s\" tabindex=\"0\"><table>\n"
		 "<caption>%s</caption>\n<thead><tr><th scope=\"col\">%s</th>",
		 label, label, label);
	for (size_t c = 0; c < p->s->nr_columns; c++) {
		buf_adds(p->b, "<th scope=\"col\">");
		show_column(p, &p->s->columns[c]);
		buf_adds(p->b, "</th>");
	}
	buf_adds(p->b, "</tr></thead>\n<tbody>\n");
}

static void show_group_cases(struct page *p, const struct group *g)
{
	size_t n = MIN(g->nr_cases, (size_t)SITE_ROWS);

	buf_addf(p->b,
		 "<h2>Cases</h2>\n<p class=\"dim\">%zu that showed it, and what they do now.</p>\n",
		 g->nr_cases);
	show_marks_head(p, "Cases");
	for (size_t i = 0; i < n; i++) {
		buf_adds(p->b, "<tr><th scope=\"row\" class=\"name\">");
		show_case(p, g->cases[i]);
		buf_adds(p->b, "</th>");
		show_marks(p, g->cases[i]);
		buf_adds(p->b, "</tr>\n");
	}
	html_table_end(p->b);
	show_left_out(p, g->nr_cases - n, "cases");
}

/* What the list, or the finding's own file, tells. */
static void show_known(struct page *p, const struct known_finding *f)
{
	const struct {
		const char *term, *value;
	} facts[] = {
		{ "seen in", f->live },	  { "fixed in", f->fixed },
		{ "filesystems", f->fs }, { "shown by", f->scenario },
		{ "tries", f->tries },	  { "by a user without privilege", f->unprivileged },
	};

	if (!f->name)
		return;
	if (f->title) {
		buf_adds(p->b, "<p><strong>");
		html_text(p->b, f->title, SITE_TEXT);
		buf_adds(p->b, "</strong></p>\n");
	}
	buf_adds(p->b, "<dl>\n");
	if (f->severity) {
		show_term(p, "severity");
		show_severity(p, f);
		buf_adds(p->b, "</dd>\n");
	}
	for (size_t i = 0; i < ARRAY_SIZE(facts); i++)
		show_fact(p, facts[i].term, facts[i].value ? facts[i].value : "");
	buf_adds(p->b, "</dl>\n");
	html_prose(p->b, f->prose);
}

static void write_finding(struct page *p, size_t i)
{
	const struct site *s = p->s;
	const struct group *g = &s->groups[i];
	const struct history_finding *f = &s->h->findings[g->first];
	_cleanup_free_ char *title = *g->known ? xstrdup(g->known) :
						 xasprintf("%s: %s", f->rule, f->found);

	page_begin(p, title, *g->known ? "A known finding" : "A finding that no list knows");
	show_known(p, site_known(s, g->known));
	show_seen(p, g);
	show_forms(p, (uint32_t)i);
	show_group_cases(p, g);
	page_end(p);
}

const struct page_kind page_finding = {
	.folder = "findings",
	.count = nr_groups,
	.name = group_page,
	.write = write_finding,
};
