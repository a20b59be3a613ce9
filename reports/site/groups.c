/* SPDX-License-Identifier: GPL-2.0-only */
/* Findings as pages: which cases showed them, and when. */
#include <string.h>

#include "reports/site/site-private.h"

static uint32_t group_named(const struct site *s, const char *known)
{
	uint32_t g = 0;

	while (g < s->nr_groups && strcmp(s->groups[g].known, known) != 0)
		g++;
	return g;
}

static struct seen *unseen(size_t n)
{
	struct seen *v = xcalloc(n + 1, sizeof(*v));

	for (size_t i = 0; i < n; i++)
		v[i].first = v[i].last = HISTORY_NONE;
	return v;
}

static void find_groups(struct site *s)
{
	const struct history *h = s->h;

	s->group_of = xcalloc(h->nr_findings + 1, sizeof(*s->group_of));
	s->groups = xcalloc(h->nr_findings + 1, sizeof(*s->groups));
	for (uint32_t f = 0; f < h->nr_findings; f++) {
		const char *known = h->findings[f].known;
		uint32_t g = *known ? group_named(s, known) : (uint32_t)s->nr_groups;

		if (g == s->nr_groups)
			s->groups[s->nr_groups++] = (struct group){ .known = known,
								    .first = f,
								    .seen = unseen(s->nr_columns),
								    .worst = STATUSES };
		s->group_of[f] = g;
	}
}

struct pair {
	uint32_t group, of_case;
};

static int by_group(const void *a, const void *b, void *cases)
{
	const struct pair *x = a, *y = b;
	const struct history_case *c = cases;
	int ret;

	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	ret = x->of_case == y->of_case ? 0 : strcmp(c[x->of_case].name, c[y->of_case].name);
	return ret ? ret : (x->of_case > y->of_case) - (x->of_case < y->of_case);
}

/* Rows come in the order of runs, so the last one seen is the newest. */
static void see(struct site *s, uint32_t run, const struct history_row *row, uint32_t group)
{
	struct group *g = &s->groups[group];
	uint32_t column = s->column_of[run];
	struct seen *seen = &g->seen[column];

	if (seen->first == HISTORY_NONE)
		seen->first = run;
	if (seen->last != run) {
		seen->last = run;
		seen->runs++;
		seen->cases = 0;
	}
	seen->cases++;
	if (run == s->columns[column].newest && site_is_recent(s, &s->columns[column]))
		g->worst = MIN(g->worst, row->status);
}

static struct pair *find_pairs(struct site *s, size_t *nr)
{
	struct pair *v = NULL;
	size_t n = 0, room = 0;

	for (uint32_t r = 0; r < s->h->nr_runs; r++) {
		const struct history_run *run = &s->h->runs[r];

		for (size_t i = 0; s->column_of[r] != HISTORY_NONE && i < run->nr_rows; i++) {
			const struct history_row *row = &run->rows[i];

			for (uint32_t f = 0; f < row->nr_findings; f++) {
				uint32_t group = s->group_of[row->findings[f]];

				if (site_is_repeat(s, row, f))
					continue;
				see(s, r, row, group);
				if (n == room) {
					room = MAX(2 * room, (size_t)1024);
					v = xrealloc(v, room, sizeof(*v));
				}
				v[n++] = (struct pair){ group, row->of };
			}
		}
	}
	*nr = n;
	return v;
}

/* Keeps each case of a group once. */
static void take_cases(struct site *s, const struct pair *v, size_t n)
{
	for (size_t from = 0, to; from < n; from = to) {
		struct group *g = &s->groups[v[from].group];

		for (to = from; to < n && v[to].group == v[from].group;)
			to++;
		g->cases = xcalloc(to - from, sizeof(*g->cases));
		for (size_t i = from; i < to; i++)
			if (i == from || v[i].of_case != v[i - 1].of_case)
				g->cases[g->nr_cases++] = v[i].of_case;
	}
}

void site_fill_groups(struct site *s)
{
	struct pair *v;
	size_t n;

	find_groups(s);
	v = find_pairs(s, &n);
	if (n)
		qsort_r(v, n, sizeof(*v), by_group, s->h->cases);
	take_cases(s, v, n);
	free(v);
}

void site_deinit_groups(struct site *s)
{
	for (size_t i = 0; i < s->nr_groups; i++) {
		free(s->groups[i].cases);
		free(s->groups[i].seen);
	}
	free(s->groups);
	free(s->group_of);
}
