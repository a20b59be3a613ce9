/* SPDX-License-Identifier: GPL-2.0-only */
#include "worsen/ladder.h"

#include <string.h>

#define SHOWN_MAX 160 /* bytes of what was found */

const struct ladder_rung *ladder_worst(const struct ladder *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (!l->v[i].foreign)
			return &l->v[i];
	return NULL;
}

enum rung ladder_severity(const struct ladder *l)
{
	const struct ladder_rung *worst = ladder_worst(l);

	return worst ? worst->rung : tried_worst(&l->base->tried);
}

static void add_shown(struct buf *out, const struct tried *t, enum rung r)
{
	const struct shown *on = &t->on[r];

	buf_addf(out, "%zu of %zu: ", on->times, t->tries);
	buf_add_escaped(out, on->rule, strlen(on->rule), SHOWN_MAX);
	buf_adds(out, ", ");
	buf_add_escaped(out, on->found, strlen(on->found), SHOWN_MAX);
	buf_addc(out, '\n');
	if (*on->step) {
		buf_adds(out, "  at '");
		buf_add_escaped(out, on->step, strlen(on->step), SHOWN_MAX);
		buf_adds(out, "'\n");
	}
}

static void add_indented(struct buf *out, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");

		if (*text != '#') {
			buf_adds(out, "      ");
			buf_add_escaped(out, text, len, SCENARIO_LINE_MAX);
			buf_addc(out, '\n');
		}
		text += len + (text[len] == '\n');
	}
}

static void add_words(struct buf *out, const struct attempt *c)
{
	buf_addf(out, "  and %s", *c->shape->name ? c->shape->adds : c->sequel->adds);
	if (*c->shape->name && *c->sequel->name)
		buf_addf(out, "; %s", c->sequel->adds);
	buf_addc(out, '\n');
}

static void add_rung(struct buf *out, const struct ladder_rung *r)
{
	buf_addf(out, "%s\n", rung_text(r->rung));
	add_words(out, r->from);
	buf_adds(out, "  ");
	add_shown(out, &r->tried, r->rung);
	if (r->foreign)
		buf_adds(out, "  without anything that the case does: this is another bug\n");
	buf_addf(out, "  %s:\n", r->whole ? "what it needs" : "what it may need; time ran out");
	add_indented(out, r->text);
	if (r->path)
		buf_addf(out, "  %s\n", r->path);
}

static void add_where(struct buf *out, const struct ladder_where *w, enum rung r)
{
	buf_addf(out, "  %s: ", w->where);
	if (w->why_not)
		buf_add_escaped(out, w->why_not, strlen(w->why_not), SHOWN_MAX);
	else if (w->tried.on[r].times)
		buf_addf(out, "%zu of %zu", w->tried.on[r].times, w->tried.tries);
	else if (w->tried.tries)
		buf_addf(out, "0 of %zu", w->tried.tries);
	else
		buf_adds(out, "no try came to a verdict");
	if (w->tried.none) {
		buf_addf(out, "; %zu without a verdict, ", w->tried.none);
		buf_add_escaped(out, w->tried.none_why, strlen(w->tried.none_why), SHOWN_MAX);
	}
	buf_addc(out, '\n');
}

void ladder_print(const struct ladder *l, struct buf *out)
{
	enum rung own = tried_worst(&l->base->tried), worst = ladder_severity(l);

	buf_addf(out, "%s on %s leads to: %s\n\n", l->name, l->kernel, rung_text(worst));
	for (size_t i = 0; i < l->n; i++) {
		add_rung(out, &l->v[i]);
		buf_addc(out, '\n');
	}
	buf_addf(out, "%s\n  the case itself\n  ", rung_text(own));
	add_shown(out, &l->base->tried, own);
	if (l->nr_where)
		buf_addf(out, "\nElsewhere, and by others, %s:\n", rung_text(worst));
	for (size_t i = 0; i < l->nr_where; i++)
		add_where(out, &l->where[i], worst);
	if (l->late)
		buf_adds(out, "\nTime ran out: not all was tried; --time gives more.\n");
}

void ladder_deinit(struct ladder *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->v[i].text);
		free(l->v[i].path);
		tried_deinit(&l->v[i].tried);
	}
	for (size_t i = 0; i < l->nr_where; i++) {
		free(l->where[i].where);
		free(l->where[i].why_not);
		tried_deinit(&l->where[i].tried);
	}
	free(l->v);
	free(l->where);
	*l = (struct ladder){ 0 };
}
