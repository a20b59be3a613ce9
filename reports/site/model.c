/* SPDX-License-Identifier: GPL-2.0-only */
/* Columns, nights, cells, and the rows of each case. */
#include <string.h>

#include "reports/site/site-private.h"

#define DAY 10 /* bytes of "2026-11-30" */

const char *run_kernel(const struct history_run *run)
{
	return *run->release ? run->release : *run->spec ? run->spec : "unknown kernel";
}

static const char *spec_of(const struct history_run *run)
{
	return *run->spec ? run->spec : run_kernel(run);
}

/* The night of a run, or its day; free() it. */
static char *night_of(const struct history_run *run)
{
	if (*run->night)
		return xstrdup(run->night);
	return *run->started ? xstrndup(run->started, DAY) : xstrdup(run->name);
}

/* The newest night first. */
static uint32_t find_night(struct site *s, uint32_t run)
{
	char *name = night_of(&s->h->runs[run]);
	uint32_t n = 0;

	while (n < s->nr_nights && strcmp(s->nights[n].name, name) != 0)
		n++;
	if (n == s->nr_nights && n < SITE_NIGHTS)
		s->nights[s->nr_nights++] = (struct night){ name, run };
	else
		free(name);
	return n < SITE_NIGHTS ? n : HISTORY_NONE;
}

/* Gives each run its night; the nights then are in the order of their newest runs. */
static void fill_nights(struct site *s)
{
	s->nights = xcalloc(SITE_NIGHTS, sizeof(*s->nights));
	for (uint32_t r = (uint32_t)s->h->nr_runs; r-- > 0;)
		s->night_of[r] = find_night(s, r);
	for (size_t i = 0; i < s->nr_nights / 2; i++) {
		struct night first = s->nights[i], *last = &s->nights[s->nr_nights - 1 - i];

		s->nights[i] = *last;
		*last = first;
	}
	for (size_t r = 0; r < s->h->nr_runs; r++)
		if (s->night_of[r] != HISTORY_NONE)
			s->night_of[r] = (uint32_t)s->nr_nights - 1 - s->night_of[r];
}

static bool same_column(const struct history_run *a, const struct history_run *b)
{
	return strcmp(spec_of(a), spec_of(b)) == 0 && strcmp(a->shard, b->shard) == 0 &&
	       strcmp(a->match, b->match) == 0 && history_comparable(a, b);
}

static int by_release(const void *a, const void *b, void *runs)
{
	const struct column *x = a, *y = b;
	const struct history_run *r = runs;
	int ret = strverscmp(r[x->newest].release, r[y->newest].release);

	if (!ret)
		ret = strcmp(spec_of(&r[x->newest]), spec_of(&r[y->newest]));
	return ret ? ret : (x->newest > y->newest) - (x->newest < y->newest);
}

/* The columns are those of the newest runs, by release. */
static void find_columns(struct site *s)
{
	const struct history_run *runs = s->h->runs;

	s->columns = xcalloc(SITE_COLUMNS, sizeof(*s->columns));
	for (uint32_t r = (uint32_t)s->h->nr_runs; r-- > 0 && s->nr_columns < SITE_COLUMNS;) {
		size_t c = 0;

		if (s->night_of[r] == HISTORY_NONE)
			continue;
		while (c < s->nr_columns && !same_column(&runs[s->columns[c].newest], &runs[r]))
			c++;
		if (c == s->nr_columns)
			s->columns[s->nr_columns++] = (struct column){ .newest = r,
								       .before = HISTORY_NONE,
								       .record = HISTORY_NONE };
	}
	qsort_r(s->columns, s->nr_columns, sizeof(*s->columns), by_release, s->h->runs);
}

/* What tells a column from others of its kernel. */
static char *column_more(const struct site *s, const struct column *c)
{
	const struct history_run *run = &s->h->runs[c->newest];
	_cleanup_buf_ struct buf b = BUF_INIT;
	bool twin = false;

	buf_adds(&b, run->plan);
	if (*run->shard)
		buf_addf(&b, " %s", run->shard);
	if (*run->match)
		buf_addf(&b, " %s", run->match);
	for (size_t i = 0; i < s->nr_columns; i++) {
		const struct history_run *o = &s->h->runs[s->columns[i].newest];

		twin |= o != run && strcmp(spec_of(o), spec_of(run)) == 0 &&
			strcmp(o->plan, run->plan) == 0 && strcmp(o->shard, run->shard) == 0 &&
			strcmp(o->match, run->match) == 0;
	}
	if (twin)
		buf_addf(&b, " %s %s %s %s", run->accel, run->geometry, run->profile, run->arch);
	return xstrdup(buf_str(&b));
}

static void take_run(struct site *s, struct column *c, uint32_t r)
{
	const struct history_run *run = &s->h->runs[r];
	bool has_rows = run->nr_rows > 0;

	c->nr_runs++;
	if (c->record == HISTORY_NONE && has_rows && *run->path)
		c->record = r;
	if (r != c->newest && c->before == HISTORY_NONE && has_rows)
		c->before = r;
}

static void fill_columns(struct site *s)
{
	const struct history_run *runs = s->h->runs;

	find_columns(s);
	for (uint32_t r = (uint32_t)s->h->nr_runs; r-- > 0;) {
		uint32_t c = 0;

		s->column_of[r] = HISTORY_NONE;
		while (c < s->nr_columns && !same_column(&runs[s->columns[c].newest], &runs[r]))
			c++;
		if (c == s->nr_columns || s->night_of[r] == HISTORY_NONE) {
			s->left_runs++;
			continue;
		}
		s->column_of[r] = c;
		take_run(s, &s->columns[c], r);
	}
	for (size_t c = 0; c < s->nr_columns; c++) {
		s->columns[c].name = xstrdup(spec_of(&runs[s->columns[c].newest]));
		s->columns[c].more = column_more(s, &s->columns[c]);
	}
}

/* Puts the runs into the cells of the table of nights and columns. */
static void fill_cells(struct site *s)
{
	size_t cells = s->nr_nights * s->nr_columns;

	s->in_cell = xcalloc(cells + 1, sizeof(*s->in_cell));
	memset(s->in_cell, 0xff, cells * sizeof(*s->in_cell));
	for (uint32_t r = 0; r < s->h->nr_runs; r++) {
		uint32_t *cell;

		s->older[r] = HISTORY_NONE;
		if (s->column_of[r] == HISTORY_NONE)
			continue;
		cell = &s->in_cell[s->night_of[r] * s->nr_columns + s->column_of[r]];
		s->older[r] = *cell;
		*cell = r;
	}
}

static void fill_entries(struct site *s)
{
	const struct history *h = s->h;
	size_t *next = xcalloc(h->nr_cases + 1, sizeof(*next)), n = 0;

	s->first_entry = xcalloc(h->nr_cases + 1, sizeof(*s->first_entry));
	for (size_t r = 0; r < h->nr_runs; r++)
		for (size_t i = 0; s->column_of[r] != HISTORY_NONE && i < h->runs[r].nr_rows; i++)
			next[h->runs[r].rows[i].of]++;
	for (size_t c = 0; c <= h->nr_cases; c++) {
		s->first_entry[c] = n;
		n += next[c];
		next[c] = s->first_entry[c];
	}
	s->entries = xcalloc(n + 1, sizeof(*s->entries));
	for (uint32_t r = 0; r < h->nr_runs; r++)
		for (size_t i = 0; s->column_of[r] != HISTORY_NONE && i < h->runs[r].nr_rows; i++)
			s->entries[next[h->runs[r].rows[i].of]++] = (struct entry){
				r, &h->runs[r].rows[i]
			};
	free(next);
}

/* As strcmp(), but a part of a name is before what is longer than it: "a/b" before "a-b". */
int site_compare_names(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	if (*a && *b && (*a == '/') != (*b == '/'))
		return *a == '/' ? -1 : 1;
	return (unsigned char)*a - (unsigned char)*b;
}

static int by_name(const void *a, const void *b, void *cases)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	const struct history_case *c = cases;
	int ret = site_compare_names(c[x].name, c[y].name);

	return ret ? ret : (x > y) - (x < y);
}

static void fill_now(struct site *s)
{
	size_t cells = s->h->nr_cases * s->nr_columns;

	s->now = xcalloc(cells + 1, sizeof(*s->now));
	s->by_name = xcalloc(s->h->nr_cases + 1, sizeof(*s->by_name));
	for (uint32_t c = 0; c < s->h->nr_cases; c++) {
		for (size_t i = s->first_entry[c]; i < s->first_entry[c + 1]; i++) {
			const struct entry *e = &s->entries[i];

			s->now[c * s->nr_columns + s->column_of[e->run]] = e;
		}
		if (s->first_entry[c] < s->first_entry[c + 1])
			s->by_name[s->nr_by_name++] = c;
	}
	qsort_r(s->by_name, s->nr_by_name, sizeof(*s->by_name), by_name, s->h->cases);
}

size_t site_find_name(const struct site *s, const char *name)
{
	size_t from = 0, to = s->nr_by_name;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (site_compare_names(s->h->cases[s->by_name[middle]].name, name) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

const struct entry *site_fail_before(const struct site *s, uint32_t of_case, uint32_t run)
{
	for (size_t i = s->first_entry[of_case + 1]; i-- > s->first_entry[of_case];) {
		const struct entry *e = &s->entries[i];

		if (e->run < run && s->column_of[e->run] == s->column_of[run] && e->row->fails)
			return e;
	}
	return NULL;
}

bool site_is_recent(const struct site *s, const struct column *c)
{
	return s->night_of[c->newest] + 2 >= s->nr_nights;
}

void site_fill(struct site *s, const struct history *h, const struct site_options *o)
{
	*s = (struct site){ .h = h, .o = o };
	s->night_of = xcalloc(h->nr_runs + 1, sizeof(*s->night_of));
	s->column_of = xcalloc(h->nr_runs + 1, sizeof(*s->column_of));
	s->older = xcalloc(h->nr_runs + 1, sizeof(*s->older));
	fill_nights(s);
	fill_columns(s);
	fill_cells(s);
	fill_entries(s);
	fill_now(s);
	site_fill_groups(s);
	site_fill_names(s);
	if (o)
		site_fill_extras(s);
}

static void free_texts(char **v, size_t n)
{
	for (size_t i = 0; v && i < n; i++)
		free(v[i]);
	free(v);
}

void site_deinit(struct site *s)
{
	for (size_t i = 0; i < s->nr_columns; i++) {
		free(s->columns[i].name);
		free(s->columns[i].more);
	}
	for (size_t i = 0; s->extras && i < s->h->nr_cases; i++) {
		free(s->extras[i].scenario);
		buf_deinit(&s->extras[i].details);
	}
	free_texts(s->run_pages, s->h->nr_runs);
	free_texts(s->case_pages, s->h->nr_cases);
	free_texts(s->group_pages, s->nr_groups);
	free_texts(s->diff_pages, s->nr_columns);
	free_texts(s->area_pages, s->nr_areas);
	free_texts(s->areas, s->nr_areas);
	site_deinit_groups(s);
	free(s->area_ends);
	for (size_t i = 0; i < s->nr_nights; i++)
		free(s->nights[i].name);
	free(s->columns);
	free(s->nights);
	free(s->night_of);
	free(s->column_of);
	free(s->in_cell);
	free(s->older);
	free(s->entries);
	free(s->first_entry);
	free(s->now);
	free(s->by_name);
	free(s->extras);
	*s = (struct site){ 0 };
}
