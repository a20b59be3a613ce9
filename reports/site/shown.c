/* SPDX-License-Identifier: GPL-2.0-only */
/* What pages show of a thing, each in one way. */
#include <string.h>

#include "reports/render/render.h"
#include "reports/site/site-private.h"

#define FINDINGS_SHOWN 4 /* of a case in a table */

void page_begin(struct page *p, const char *title, const char *what)
{
	_cleanup_free_ char *style = p->up ? xasprintf("%ssite.css", p->up) : NULL;
	_cleanup_free_ char *whole = xasprintf("%s - daxrig", title);

	html_begin(p->b, whole, style);
	if (p->up)
		buf_addf(p->b,
			 "<header><nav aria-label=\"Site\"><a href=\"%sindex.html\">daxrig</a> "
			 "<a href=\"%sfindings.html\">Findings</a> "
			 "<a href=\"%scases.html\">Cases</a> "
			 "<a href=\"%sindex.html#letters\">Letters</a></nav></header>\n",
			 p->up, p->up, p->up, p->up);
	buf_adds(p->b, "<main id=\"main\">\n");
	if (what)
		buf_addf(p->b, "<p class=\"dim\">%s</p>\n", what);
	buf_adds(p->b, "<h1>");
	html_text(p->b, title, SITE_TEXT);
	buf_adds(p->b, "</h1>\n");
}

void page_end(struct page *p)
{
	buf_adds(p->b, "</main>\n</body>\n</html>\n");
}

/* Opens a link to a page, if there is one. */
static bool open_link(struct page *p, const char *folder, const char *name)
{
	if (!p->up || !name)
		return false;
	buf_addf(p->b, "<a href=\"%s%s/%s.html\">", p->up, folder, name);
	return true;
}

static void close_link(struct page *p, bool is_open)
{
	if (is_open)
		buf_adds(p->b, "</a>");
}

void show_status(struct page *p, enum status s)
{
	buf_addf(p->b, "<span class=\"st s-%s\"><b>%c</b> %s</span>", status_name(s),
		 status_letter(s), status_name(s));
}

void show_case(struct page *p, uint32_t of_case)
{
	bool link = open_link(p, page_case.folder, p->up ? p->s->case_pages[of_case] : NULL);

	html_text(p->b, p->s->h->cases[of_case].name, SITE_NAME);
	close_link(p, link);
}

void show_night(struct page *p, uint32_t run)
{
	const struct night *n;

	if (p->up && p->s->night_of[run] != HISTORY_NONE) {
		n = &p->s->nights[p->s->night_of[run]];
		html_text(p->b, n->name, SITE_NAME);
	} else {
		html_text(p->b, p->s->h->runs[run].started, SITE_NAME);
	}
}

void show_run(struct page *p, uint32_t run)
{
	bool link = open_link(p, page_run.folder, p->up ? p->s->run_pages[run] : NULL);

	show_night(p, run);
	buf_adds(p->b, ", ");
	html_text(p->b, run_kernel(&p->s->h->runs[run]), SITE_NAME);
	close_link(p, link);
}

void show_run_or_none(struct page *p, uint32_t run)
{
	buf_adds(p->b, "<td class=\"run\">");
	if (run == HISTORY_NONE)
		buf_adds(p->b, "none");
	else
		show_run(p, run);
	buf_adds(p->b, "</td>");
}

void show_column(struct page *p, const struct column *c)
{
	html_text(p->b, c->name, SITE_NAME);
	buf_adds(p->b, " <span class=\"dim\">");
	html_text(p->b, c->more, SITE_NAME);
	buf_adds(p->b, "</span>");
}

void show_group(struct page *p, uint32_t group)
{
	const struct history_finding *f;
	const struct group *g;
	const char *title;
	bool link;

	if (group == HISTORY_NONE) {
		buf_adds(p->b, "no finding is recorded");
		return;
	}
	g = &p->s->groups[group];
	f = &p->s->h->findings[g->first];
	title = site_known(p->s, g->known)->title;
	link = open_link(p, page_finding.folder, p->up ? p->s->group_pages[group] : NULL);
	html_text(p->b, *g->known ? g->known : f->rule, SITE_NAME);
	close_link(p, link);
	buf_adds(p->b, ": ");
	html_text(p->b, title ? title : *g->known ? f->rule : f->example, SITE_TEXT);
}

bool site_is_repeat(const struct site *s, const struct history_row *row, uint32_t i)
{
	for (uint32_t j = 0; j < i; j++)
		if (s->group_of[row->findings[j]] == s->group_of[row->findings[i]])
			return true;
	return false;
}

void show_findings(struct page *p, const struct history_row *row)
{
	uint32_t shown = 0, more = 0;

	buf_adds(p->b, "<td class=\"long\">");
	for (uint32_t i = 0; i < row->nr_findings; i++) {
		if (site_is_repeat(p->s, row, i))
			continue;
		if (shown == FINDINGS_SHOWN) {
			more++;
			continue;
		}
		if (shown++)
			buf_adds(p->b, "<br/>");
		show_group(p, p->s->group_of[row->findings[i]]);
	}
	if (more)
		buf_addf(p->b, "<br/>and %u more", more);
	buf_adds(p->b, "</td>");
}

void show_rate(struct page *p, const struct history_row *row)
{
	buf_adds(p->b, "<td class=\"n\">");
	if (row->tries)
		buf_addf(p->b, "%u of %u", row->fails, row->tries);
	buf_adds(p->b, "</td>");
}

void show_counts(struct page *p, const struct history_run *run, enum status end)
{
	bool any = false;

	for (enum status s = 0; s < end; s++) {
		if (!run->statuses[s])
			continue;
		buf_addf(p->b, "%s%zu %s", any ? ", " : "", run->statuses[s], status_name(s));
		any = true;
	}
	if (!any)
		buf_addf(p->b, "%zu pass", run->statuses[STATUS_PASS]);
}

void show_again(struct page *p, const struct history_run *run, const char *name)
{
	const struct render_run shown = { .kernel_spec = run->spec };
	_cleanup_buf_ struct buf line = BUF_INIT;

	render_again(&shown, name, &line);
	buf_adds(p->b, "<pre>");
	html_text(p->b, buf_str(&line), line.len);
	buf_adds(p->b, "</pre>\n");
}

void show_left_out(struct page *p, size_t n, const char *what)
{
	if (n)
		buf_addf(p->b, "<p class=\"dim\">And %zu more %s, not shown.</p>\n", n, what);
}

void show_term(struct page *p, const char *term)
{
	buf_addf(p->b, "<dt>%s</dt><dd>", term);
}

void show_fact(struct page *p, const char *term, const char *value)
{
	if (!*value)
		return;
	show_term(p, term);
	html_text(p->b, value, SITE_TEXT);
	buf_adds(p->b, "</dd>\n");
}

enum status run_worst(const struct history_run *run)
{
	enum status s = 0;

	while (s < STATUS_PASS && !run->statuses[s])
		s++;
	return s;
}
