/* SPDX-License-Identifier: GPL-2.0-only */
/* A case over kernels and nights. */
#include <string.h>

#include "reports/site/details.h"
#include "reports/site/site-private.h"

#define PIECES_SHOWN 120 /* of a strip, the newest */
#define CHANGES_SHOWN 40

/* Runs of one kernel in a row in which the case had one status. */
struct piece {
	enum status status;
	uint32_t first, last; /* runs */
	uint32_t runs;
	const struct history_row *row; /* of the first */
};

struct pieces {
	struct piece *v;
	size_t n;
};

static size_t nr_cases(const struct site *s)
{
	return s->h->nr_cases;
}

static const char *case_page(const struct site *s, size_t i)
{
	return s->case_pages[i];
}

static void take_entry(struct pieces *k, const struct entry *e)
{
	struct piece *last = k->n ? &k->v[k->n - 1] : NULL;

	if (last && last->status == e->row->status) {
		last->last = e->run;
		last->runs++;
		return;
	}
	/* grow to powers of two: most cases have one piece, a flaky one has hundreds */
	if (!(k->n & (k->n - 1)))
		k->v = xrealloc(k->v, k->n ? 2 * k->n : 1, sizeof(*k->v));
	k->v[k->n++] = (struct piece){ e->row->status, e->run, e->run, 1, e->row };
}

/* The pieces of each column; free each v, and the array. */
static struct pieces *find_pieces(const struct site *s, size_t c)
{
	struct pieces *k = xcalloc(s->nr_columns + 1, sizeof(*k));

	for (size_t i = s->first_entry[c]; i < s->first_entry[c + 1]; i++)
		take_entry(&k[s->column_of[s->entries[i].run]], &s->entries[i]);
	return k;
}

static void show_now_row(struct page *p, const struct column *c, const struct entry *e)
{
	const struct history_row *row = e->row;

	buf_adds(p->b, "<tr><th scope=\"row\">");
	show_column(p, c);
	buf_adds(p->b, "</th><td>");
	show_status(p, row->status);
	buf_adds(p->b, "</td>");
	show_run_or_none(p, e->run);
	show_rate(p, row);
	show_findings(p, row);
	show_run_or_none(p, row->last_good);
	show_run_or_none(p, row->first_bad);
	buf_adds(p->b, "</tr>\n");
}

static void show_now(struct page *p, size_t of_case)
{
	static const char *const heads[] = { "Kernel",	"Status",    "Newest run", "Failed",
					     "Finding", "Last good", "First bad",  NULL };
	const struct site *s = p->s;

	html_table(p->b, "Now", heads);
	for (size_t c = 0; c < s->nr_columns; c++)
		if (s->now[of_case * s->nr_columns + c])
			show_now_row(p, &s->columns[c], s->now[of_case * s->nr_columns + c]);
	html_table_end(p->b);
}

static void show_piece(struct page *p, const struct piece *k)
{
	buf_addf(p->b, "<a class=\"s-%s\"", status_name(k->status));
	if (k->runs > 1)
		buf_addf(p->b, " style=\"flex-grow:%u\"", k->runs);
	buf_addf(p->b, " href=\"../runs/%s.html\" title=\"%s, %u run%s from ",
		 p->s->run_pages[k->first], status_name(k->status), k->runs,
		 k->runs == 1 ? "" : "s");
	show_night(p, k->first);
	buf_addf(p->b, "\">%c", status_letter(k->status));
	if (k->runs > 1)
		buf_addf(p->b, "<i>%u</i>", k->runs);
	buf_adds(p->b, "</a>\n");
}

static void show_strips(struct page *p, const struct pieces *k)
{
	static const char *const heads[] = { "Kernel", "From", "Runs, oldest first", NULL };

	buf_adds(p->b, "<h2>Nights</h2>\n");
	html_table(p->b, "Nights", heads);
	for (size_t c = 0; c < p->s->nr_columns; c++) {
		size_t from = k[c].n > PIECES_SHOWN ? k[c].n - PIECES_SHOWN : 0;

		if (!k[c].n)
			continue;
		buf_adds(p->b, "<tr><th scope=\"row\">");
		show_column(p, &p->s->columns[c]);
		buf_adds(p->b, "</th><td class=\"date\">");
		show_night(p, k[c].v[from].first);
		buf_adds(p->b, "</td><td><div class=\"strip\">\n");
		for (size_t i = from; i < k[c].n; i++)
			show_piece(p, &k[c].v[i]);
		buf_adds(p->b, "</div></td></tr>\n");
	}
	html_table_end(p->b);
}

static void show_change(struct page *p, const struct column *c, const struct piece *k)
{
	buf_adds(p->b, "<tr>");
	show_run_or_none(p, k->first);
	buf_adds(p->b, "<td>");
	show_column(p, c);
	buf_adds(p->b, "</td><td>");
	show_status(p, k[-1].status);
	buf_adds(p->b, "</td><td>");
	show_status(p, k->status);
	buf_addf(p->b, "</td><td class=\"n\">%u</td>", k->runs);
	show_findings(p, k->row);
	buf_adds(p->b, "</tr>\n");
}

/* The columns' changes as one list, the newest first. */
static void show_changes(struct page *p, const struct pieces *k)
{
	static const char *const heads[] = { "Run",	 "Kernel",  "Before", "Then",
					     "For runs", "Finding", NULL };
	size_t *at = xcalloc(p->s->nr_columns + 1, sizeof(*at)), n = 0, all = 0;

	for (size_t c = 0; c < p->s->nr_columns; c++) {
		at[c] = k[c].n;
		all += k[c].n ? k[c].n - 1 : 0;
	}
	buf_adds(p->b, "<h2>Changes</h2>\n");
	if (all)
		html_table(p->b, "Changes", heads);
	else
		buf_adds(p->b, "<p>The status never changed.</p>\n");
	for (; n < MIN(all, (size_t)CHANGES_SHOWN); n++) {
		size_t newest = p->s->nr_columns;

		for (size_t c = 0; c < p->s->nr_columns; c++)
			if (at[c] > 1 &&
			    (newest == p->s->nr_columns ||
			     k[c].v[at[c] - 1].first > k[newest].v[at[newest] - 1].first))
				newest = c;
		show_change(p, &p->s->columns[newest], &k[newest].v[--at[newest]]);
	}
	if (all)
		html_table_end(p->b);
	show_left_out(p, all - n, "changes");
	free(at);
}

/* Other texts that had this name: cases of their own. */
static void show_others(struct page *p, size_t of_case)
{
	const struct site *s = p->s;
	const char *name = s->h->cases[of_case].name;
	bool any = false;

	for (size_t from = site_find_name(s, name); from < s->nr_by_name; from++) {
		uint32_t i = s->by_name[from];

		if (strcmp(s->h->cases[i].name, name) != 0)
			break;
		if (i == of_case)
			continue;
		buf_adds(p->b, any ? ", " : "<p>Other texts of this name: ");
		buf_addf(p->b, "<a href=\"%s.html\">", s->case_pages[i]);
		html_text(p->b, s->h->cases[i].hash, SITE_NAME);
		buf_adds(p->b, "</a>");
		any = true;
	}
	if (any)
		buf_adds(p->b, ".</p>\n");
}

static void show_scenario(struct page *p, size_t of_case)
{
	const struct history_case *c = &p->s->h->cases[of_case];
	const struct extra *e = &p->s->extras[of_case];

	buf_adds(p->b, "<h2>Scenario</h2>\n");
	if (e->scenario)
		details_add_scenario(p->b, e->scenario);
	else
		buf_adds(p->b, "<p>No kernel's newest record has its text.</p>\n");
	buf_adds(p->b, "<p class=\"dim\">The hash of the text: <code>");
	html_text(p->b, c->hash, SITE_NAME);
	buf_adds(p->b, "</code></p>\n");
	show_others(p, of_case);
}

/* The run in which it is worst, of the newest of each kernel. */
static const struct history_run *worst_run(const struct site *s, size_t of_case)
{
	const struct entry *worst = NULL;

	for (size_t c = 0; c < s->nr_columns; c++) {
		const struct entry *e = s->now[of_case * s->nr_columns + c];

		if (e && (!worst || e->row->status < worst->row->status))
			worst = e;
	}
	return &s->h->runs[worst->run];
}

static void write_case(struct page *p, size_t i)
{
	const struct history_case *c = &p->s->h->cases[i];
	struct pieces *k = find_pieces(p->s, i);

	page_begin(p, *c->name ? c->name : "unnamed", "A case");
	show_now(p, i);
	buf_adds(p->b, "<p>To see it again:</p>\n");
	show_again(p, worst_run(p->s, i), c->name);
	show_strips(p, k);
	show_changes(p, k);
	if (p->s->extras[i].details.len) {
		buf_adds(p->b, "<h2>Found in the newest runs</h2>\n");
		buf_add(p->b, p->s->extras[i].details.data, p->s->extras[i].details.len);
	}
	show_scenario(p, i);
	page_end(p);
	for (size_t col = 0; col < p->s->nr_columns; col++)
		free(k[col].v);
	free(k);
}

const struct page_kind page_case = {
	.folder = "cases",
	.count = nr_cases,
	.name = case_page,
	.write = write_case,
};
