/* SPDX-License-Identifier: GPL-2.0-only */
/* The names of pages: safe as files, and no two alike. */
#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "reports/record/rundir.h"
#include "reports/site/site-private.h"

/* A name that was made safe has the hash of what it was, with @more. */
static char *page_name(const char *text, const char *more)
{
	_cleanup_free_ char *safe = rundir_safe_name(text);
	_cleanup_free_ char *whole = NULL;

	if (!*more && strcmp(safe, text) == 0)
		return take_ptr(safe);
	whole = xasprintf("%s\n%s", text, more);
	return xasprintf("%s-%016" PRIx64, safe, digest_bytes(whole, strlen(whole)).sum);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(**(char **const *)a, **(char **const *)b);
}

/* Numbers those that are equal all the same; no safe name has a "~". */
static void make_unique(char **v, size_t n)
{
	char ***sorted = xcalloc(n + 1, sizeof(*sorted));
	size_t used = 0;

	for (size_t i = 0; i < n; i++)
		if (v[i])
			sorted[used++] = &v[i];
	qsort(sorted, used, sizeof(*sorted), by_text);
	for (size_t i = 0, to; i < used; i = to) {
		for (to = i + 1; to < used && strcmp(*sorted[i], *sorted[to]) == 0;)
			to++;
		for (size_t j = i; to > i + 1 && j < to; j++) {
			char *old = *sorted[j];

			*sorted[j] = xasprintf("%s~%zu", old, (size_t)(sorted[j] - v) + 1);
			free(old);
		}
	}
	free(sorted);
}

static char *group_name(const struct site *s, const struct group *g)
{
	const struct history_finding *f = &s->h->findings[g->first];
	_cleanup_free_ char *text = NULL;

	if (*g->known)
		return page_name(g->known, "");
	text = xasprintf("%s %s", f->rule, f->found);
	return page_name(text, "unknown");
}

/* The first part of a case's name: its filesystem, or what it is alone on. */
static size_t area_len(const char *name)
{
	return strcspn(name, "/");
}

static void fill_areas(struct site *s)
{
	s->areas = xcalloc(s->nr_by_name + 1, sizeof(*s->areas));
	s->area_ends = xcalloc(s->nr_by_name + 1, sizeof(*s->area_ends));
	for (size_t i = 0; i < s->nr_by_name; i++) {
		const char *name = s->h->cases[s->by_name[i]].name;
		size_t len = area_len(name);
		const char *last = s->nr_areas ? s->areas[s->nr_areas - 1] : NULL;

		if (!last || strlen(last) != len || strncmp(last, name, len) != 0)
			s->areas[s->nr_areas++] = xstrndup(name, len);
		s->area_ends[s->nr_areas - 1] = i + 1;
	}
	s->area_pages = xcalloc(s->nr_areas + 1, sizeof(*s->area_pages));
	for (size_t i = 0; i < s->nr_areas; i++)
		s->area_pages[i] = page_name(s->areas[i], "");
	make_unique(s->area_pages, s->nr_areas);
}

void site_fill_names(struct site *s)
{
	const struct history *h = s->h;

	s->run_pages = xcalloc(h->nr_runs + 1, sizeof(char *));
	s->case_pages = xcalloc(h->nr_cases + 1, sizeof(char *));
	s->group_pages = xcalloc(s->nr_groups + 1, sizeof(char *));
	s->diff_pages = xcalloc(s->nr_columns + 1, sizeof(char *));
	for (size_t i = 0; i < h->nr_runs; i++)
		if (s->column_of[i] != HISTORY_NONE)
			s->run_pages[i] = page_name(h->runs[i].name, "");
	for (size_t i = 0; i < s->nr_by_name; i++) {
		const struct history_case *c = &h->cases[s->by_name[i]];

		s->case_pages[s->by_name[i]] = page_name(c->name, *c->hash ? c->hash : "none");
	}
	for (size_t i = 0; i < s->nr_groups; i++)
		if (s->groups[i].nr_cases)
			s->group_pages[i] = group_name(s, &s->groups[i]);
	for (size_t i = 0; i < s->nr_columns; i++)
		if (s->columns[i].before != HISTORY_NONE && h->runs[s->columns[i].newest].nr_rows)
			s->diff_pages[i] = page_name(s->columns[i].name, s->columns[i].more);
	make_unique(s->run_pages, h->nr_runs);
	make_unique(s->case_pages, h->nr_cases);
	make_unique(s->group_pages, s->nr_groups);
	make_unique(s->diff_pages, s->nr_columns);
	fill_areas(s);
}
