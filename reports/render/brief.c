/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a person wants to know of a run, below the lines of the summary, on one screen: what is
 * new and how to see it again, errors, known findings in a line each, and what it comes to.
 */
#include <string.h>

#include "reports/record/tally.h"
#include "reports/record/triage.h"
#include "reports/render/render.h"

#define SCREEN 40
#define SUMMARY 8 /* lines that the summary may take, and a prompt */
#define NEW_SHOWN 5
#define ERRORS_SHOWN 3
#define COLUMNS 100u /* where there is no terminal */
#define LABEL "%-8s "

struct sheet {
	struct render *r;
	unsigned int width;
	size_t lines; /* that are still free */
};

/* Prints a line, cut to the width, or @whole: what is to be copied. */
static void put_line(struct sheet *s, const char *text, bool whole)
{
	size_t len = strlen(text), most = MAX(s->width, 20u);

	if (whole || len <= most)
		fprintf(s->r->out, "%s\n", text);
	else
		fprintf(s->r->out, "%.*s...\n", (int)most - 3, text);
	s->lines -= MIN(s->lines, whole ? len / most + 1 : 1);
}

static void add_text(struct buf *b, const char *s)
{
	if (s)
		buf_add_escaped(b, s, strlen(s), 400);
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static void put_again(struct sheet *s, const struct case_record *rec)
{
	_cleanup_buf_ struct buf b = BUF_INIT;

	buf_addf(&b, LABEL "again: ", "");
	render_again(s->r->run, rec->name, &b);
	put_line(s, buf_str(&b), true);
}

static void put_new(struct sheet *s, const struct tally_group *g)
{
	const struct finding *f = g->finding;
	_cleanup_buf_ struct buf b = BUF_INIT, what = BUF_INIT;

	buf_addf(&b, LABEL, s->r->run->known ? "new" : "fail");
	add_text(&b, f ? f->rule : "a fail without a finding");
	buf_addf(&b, " in %zu case%s, first ", g->cases, plural(g->cases));
	add_text(&b, g->first->name);
	put_line(s, buf_str(&b), false);
	buf_addf(&what, LABEL, "");
	if (f && f->expected && *f->expected) {
		buf_adds(&what, "expected ");
		add_text(&what, f->expected);
		buf_adds(&what, ", ");
	}
	buf_adds(&what, f ? "found " : "");
	add_text(&what, f && f->found ? f->found : render_reason(g->first));
	put_line(s, buf_str(&what), false);
	put_again(s, g->first);
}

static void put_news(struct sheet *s, const struct tally *t)
{
	size_t more = 0;

	for (size_t i = 0; i < t->nr_new; i++) {
		if (i < NEW_SHOWN)
			put_new(s, &t->v[i]);
		else
			more += t->v[i].cases;
	}
	if (more) {
		_cleanup_free_ char *text = xasprintf(
			LABEL "%zu more in %zu case%s: daxrig report --kinds", "",
			t->nr_new - NEW_SHOWN, more, plural(more));

		put_line(s, text, false);
	}
}

static void put_errors(struct sheet *s)
{
	struct kinds k = KINDS_INIT;
	size_t more = 0;

	for (size_t i = 0; i < s->r->nr_cases; i++)
		if (s->r->cases[i]->verdict == VERDICT_ERROR)
			kinds_add(&k, s->r->cases[i]->name, render_reason(s->r->cases[i]));
	kinds_sort(&k);
	for (size_t i = 0; i < k.n; i++) {
		_cleanup_buf_ struct buf b = BUF_INIT;

		if (i >= ERRORS_SHOWN) {
			more += k.v[i]->cases;
			continue;
		}
		buf_addf(&b, LABEL "%zu case%s, first ", "error", k.v[i]->cases,
			 plural(k.v[i]->cases));
		add_text(&b, k.v[i]->first);
		buf_adds(&b, ": ");
		add_text(&b, k.v[i]->reason);
		put_line(s, buf_str(&b), false);
	}
	if (more) {
		_cleanup_free_ char *text = xasprintf(LABEL "%zu more: daxrig report --kinds", "",
						      more);

		put_line(s, text, false);
	}
	kinds_deinit(&k);
}

/* The name, and a word on what it is if the list has one. */
static void put_known(struct sheet *s, const struct tally_group *g)
{
	const struct known *known = s->r->run->known;
	const struct known_finding *info = known ? known_finding(known, g->known) : NULL;
	_cleanup_buf_ struct buf b = BUF_INIT;

	buf_addf(&b, LABEL "%5zu  ", "known", g->cases);
	add_text(&b, g->known);
	if (info && info->title) {
		buf_adds(&b, ": ");
		add_text(&b, info->title);
	}
	put_line(s, buf_str(&b), false);
}

/* The most severe first; when there is no room for all, a line counts the rest. */
static void put_knowns(struct sheet *s, const struct tally *t)
{
	size_t i = t->nr_new, cases = 0;

	for (; i < t->n && (s->lines > 1 || (s->lines && i + 1 == t->n)); i++)
		put_known(s, &t->v[i]);
	for (size_t k = i; k < t->n; k++)
		cases += t->v[k].cases;
	if (cases) {
		_cleanup_free_ char *text = xasprintf(LABEL "%5zu  in %zu more known findings",
						      "known", cases, t->n - i);

		put_line(s, text, false);
	}
}

static void brief_end(struct render *r, const char *reason)
{
	struct sheet s = { .r = r, .width = render_width(r), .lines = SCREEN - SUMMARY };
	const struct render_run *run = r->run;
	_cleanup_buf_ struct buf end = BUF_INIT;
	struct tally t;

	(void)reason;
	s.width = s.width ? s.width : COLUMNS;
	tally_cases(&t, r->cases, r->nr_cases, run->known);
	put_news(&s, &t);
	put_errors(&s);
	put_knowns(&s, &t);
	tally_conclude(&t, run->kernel_release ? run->kernel_release : "", run->known, &end);
	if (run->incomplete)
		buf_addf(&end, "; %zu of %zu cases ran", r->nr_cases, run->planned);
	put_line(&s, buf_str(&end), true);
	if (run->page) {
		_cleanup_buf_ struct buf page = BUF_INIT;

		buf_addf(&page, LABEL, "page");
		add_text(&page, run->page);
		put_line(&s, buf_str(&page), true);
	}
	tally_deinit(&t);
}

const struct renderer renderer_brief = {
	.name = "brief",
	.summary = "on one screen: what is new and how to see it again, what is known",
	.end = brief_end,
};
