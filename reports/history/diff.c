/* SPDX-License-Identifier: GPL-2.0-only */
#include "reports/history/diff.h"

#include <string.h>

static const struct {
	const char *name, *text;
} kinds[] = {
	[DIFF_FAILS] = { "fails", "passed before, or had no verdict" },
	[DIFF_OTHER] = { "other", "fails by another finding" },
	[DIFF_PASSES] = { "passes", "failed before, or had no verdict" },
	[DIFF_LOST] = { "lost", "has no verdict now" },
	[DIFF_SKIPS] = { "skips", "ran before" },
	[DIFF_ONLY_A] = { "gone", "only the first run has it" },
	[DIFF_ONLY_B] = { "added", "only the second run has it" },
	[DIFF_TEXT] = { "text", "the same verdict of another scenario of that name" },
};

_Static_assert(ARRAY_SIZE(kinds) == DIFF_KINDS, "every kind has a name");

const char *diff_kind_name(enum diff_kind kind)
{
	return kinds[kind].name;
}

const char *diff_kind_text(enum diff_kind kind)
{
	return kinds[kind].text;
}

static void add(struct diff *d, enum diff_kind kind, const struct history_row *a,
		const struct history_row *b, uint32_t finding)
{
	if (!(d->n & (d->n - 1)))
		d->v = xrealloc(d->v, d->n ? 2 * d->n : 1, sizeof(*d->v));
	d->v[d->n++] = (struct diff_row){ kind, a, b, finding };
	d->counts[kind]++;
}

static uint32_t first_finding(const struct history_row *row)
{
	return row->nr_findings ? row->findings[0] : HISTORY_NONE;
}

/* A finding is the same one, whether a list knew it or not. */
static bool same_finding(const struct history *h, uint32_t a, uint32_t b)
{
	return a == b || (strcmp(h->findings[a].rule, h->findings[b].rule) == 0 &&
			  strcmp(h->findings[a].found, h->findings[b].found) == 0);
}

/* The first finding of @b that @a does not show. */
static uint32_t other_finding(const struct history *h, const struct history_row *a,
			      const struct history_row *b)
{
	for (uint32_t i = 0; i < b->nr_findings; i++) {
		uint32_t j = 0;

		while (j < a->nr_findings && !same_finding(h, a->findings[j], b->findings[i]))
			j++;
		if (j == a->nr_findings)
			return b->findings[i];
	}
	return HISTORY_NONE;
}

enum outcome { PASSES, FAILS, SKIPS, LOST };

static enum outcome outcome_of(const struct history_row *row)
{
	if (row->fails)
		return FAILS;
	if (row->tries)
		return PASSES;
	return row->verdict == VERDICT_SKIP ? SKIPS : LOST;
}

static void compare(const struct history *h, struct diff *d, const struct history_row *a,
		    const struct history_row *b)
{
	static const enum diff_kind now[] = { [PASSES] = DIFF_PASSES,
					      [FAILS] = DIFF_FAILS,
					      [SKIPS] = DIFF_SKIPS,
					      [LOST] = DIFF_LOST };
	enum outcome before = outcome_of(a), after = outcome_of(b);
	uint32_t other;

	if (before != after) {
		add(d, now[after], a, b,
		    after == FAILS  ? first_finding(b) :
		    before == FAILS ? first_finding(a) :
				      HISTORY_NONE);
		return;
	}
	other = after == FAILS ? other_finding(h, a, b) : HISTORY_NONE;
	if (other != HISTORY_NONE)
		add(d, DIFF_OTHER, a, b, other);
	else if (a->of != b->of)
		add(d, DIFF_TEXT, a, b, HISTORY_NONE);
	else
		d->same++;
}

/* By kind; an insertion by place keeps the order of names. */
static void sort(struct diff *d)
{
	struct diff_row *sorted = xcalloc(d->n + 1, sizeof(*sorted));
	size_t n = 0;

	for (int kind = 0; kind < DIFF_KINDS; kind++)
		for (size_t i = 0; i < d->n; i++)
			if (d->v[i].kind == (enum diff_kind)kind)
				sorted[n++] = d->v[i];
	free(d->v);
	d->v = sorted;
}

/* The next row from @i on that is a case of the run, or NULL. */
static const struct history_row *next(const struct history_run *run, size_t *i)
{
	while (*i < run->nr_rows && run->rows[*i].absent)
		++*i;
	return *i < run->nr_rows ? &run->rows[*i] : NULL;
}

void diff_runs(const struct history *h, uint32_t a, uint32_t b, struct diff *out)
{
	const struct history_row *p, *q;
	size_t i = 0, j = 0;

	*out = (struct diff){ 0 };
	for (;;) {
		int order;

		p = next(&h->runs[a], &i);
		q = next(&h->runs[b], &j);
		if (!p && !q)
			break;
		order = !p ? 1 : !q ? -1 : strcmp(h->cases[p->of].name, h->cases[q->of].name);
		i += order <= 0;
		j += order >= 0;
		if (order < 0)
			add(out, DIFF_ONLY_A, p, NULL, first_finding(p));
		else if (order > 0)
			add(out, DIFF_ONLY_B, NULL, q, first_finding(q));
		else
			compare(h, out, p, q);
	}
	sort(out);
}

void diff_deinit(struct diff *d)
{
	free(d->v);
	*d = (struct diff){ 0 };
}
