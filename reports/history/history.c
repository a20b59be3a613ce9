/* SPDX-License-Identifier: GPL-2.0-only */
/* Holds runs, cases and findings, each name once; classify.c says what they mean. */
#include "reports/history/history-private.h"

#include <stdlib.h>
#include <string.h>

/* Finds the index of a key that was added before; open addressing, no removal. */
struct lookup {
	uint32_t *slots; /* index + 1; 0: free */
	size_t size, used;
};

struct lookups {
	struct lookup cases, findings;
};

static uint64_t hash_text(uint64_t hash, const char *s)
{
	/* FNV-1a; the NUL counts, so that "a","bc" differs from "ab","c" */
	do
		hash = (hash ^ (unsigned char)*s) * 0x100000001b3ull;
	while (*s++);
	return hash;
}

static uint64_t hash_case(const struct history_case *c)
{
	return hash_text(hash_text(0xcbf29ce484222325ull, c->name), c->hash);
}

static uint64_t hash_finding(const struct history_finding *f)
{
	return hash_text(hash_text(hash_text(0xcbf29ce484222325ull, f->rule), f->found), f->known);
}

static bool same_case(const struct history_case *a, const struct history_case *b)
{
	return strcmp(a->name, b->name) == 0 && strcmp(a->hash, b->hash) == 0;
}

static bool same_finding(const struct history_finding *a, const struct history_finding *b)
{
	return strcmp(a->rule, b->rule) == 0 && strcmp(a->found, b->found) == 0 &&
	       strcmp(a->known, b->known) == 0;
}

/* Appends one element to an array that grows to powers of two. */
static void *grow(void *array, size_t n, size_t size)
{
	return n & (n - 1) ? array : xrealloc(array, n ? 2 * n : 1, size);
}

static void lookup_put(struct lookup *l, uint64_t hash, uint32_t index)
{
	size_t at = hash & (l->size - 1);

	while (l->slots[at])
		at = (at + 1) & (l->size - 1);
	l->slots[at] = index + 1;
	l->used++;
}

/* Doubles the table when it is half full; @hash_of gives the hash of an index. */
static void lookup_grow(struct lookup *l, const struct history *h,
			uint64_t (*hash_of)(const struct history *h, uint32_t index))
{
	struct lookup old = *l;

	if (2 * (l->used + 1) <= l->size)
		return;
	l->size = MAX(2 * old.size, (size_t)64);
	l->used = 0;
	l->slots = xcalloc(l->size, sizeof(*l->slots));
	for (size_t i = 0; i < old.size; i++)
		if (old.slots[i])
			lookup_put(l, hash_of(h, old.slots[i] - 1), old.slots[i] - 1);
	free(old.slots);
}

static uint64_t hash_case_at(const struct history *h, uint32_t i)
{
	return hash_case(&h->cases[i]);
}

static uint64_t hash_finding_at(const struct history *h, uint32_t i)
{
	return hash_finding(&h->findings[i]);
}

static struct lookups *lookups(struct history *h)
{
	if (!h->private)
		h->private = xcalloc(1, sizeof(struct lookups));
	return h->private;
}

static const char *or_none(const char *s)
{
	return s ? s : "";
}

uint32_t history_case(struct history *h, const char *name, const char *hash)
{
	const struct history_case sought = { (char *)or_none(name), (char *)or_none(hash) };
	struct lookup *l = &lookups(h)->cases;
	uint64_t sum = hash_case(&sought);

	lookup_grow(l, h, hash_case_at);
	for (size_t at = sum & (l->size - 1); l->slots[at]; at = (at + 1) & (l->size - 1))
		if (same_case(&h->cases[l->slots[at] - 1], &sought))
			return l->slots[at] - 1;
	h->cases = grow(h->cases, h->nr_cases, sizeof(*h->cases));
	h->cases[h->nr_cases] = (struct history_case){ xstrdup(sought.name), xstrdup(sought.hash) };
	lookup_put(l, sum, (uint32_t)h->nr_cases);
	return (uint32_t)h->nr_cases++;
}

uint32_t history_finding(struct history *h, const struct history_finding *f)
{
	const struct history_finding sought = { (char *)or_none(f->rule), (char *)or_none(f->found),
						(char *)or_none(f->expected),
						(char *)or_none(f->example),
						(char *)or_none(f->known) };
	struct lookup *l = &lookups(h)->findings;
	uint64_t sum = hash_finding(&sought);

	lookup_grow(l, h, hash_finding_at);
	for (size_t at = sum & (l->size - 1); l->slots[at]; at = (at + 1) & (l->size - 1))
		if (same_finding(&h->findings[l->slots[at] - 1], &sought))
			return l->slots[at] - 1;
	h->findings = grow(h->findings, h->nr_findings, sizeof(*h->findings));
	h->findings[h->nr_findings] = (struct history_finding){
		xstrdup(sought.rule), xstrdup(sought.found), xstrdup(sought.expected),
		xstrdup(sought.example), xstrdup(sought.known)
	};
	lookup_put(l, sum, (uint32_t)h->nr_findings);
	return (uint32_t)h->nr_findings++;
}

static void count_try(struct history_row *row)
{
	if (row->verdict == VERDICT_FAIL)
		row->fails = row->tries = 1;
	else if (row->verdict == VERDICT_PASS && !row->lost)
		row->tries = 1;
}

static void add_findings(struct history_row *row, const uint32_t *findings, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		uint32_t j = 0;

		while (j < row->nr_findings && row->findings[j] != findings[i])
			j++;
		if (j < row->nr_findings)
			continue;
		row->findings = xrealloc(row->findings, row->nr_findings + 1,
					 sizeof(*row->findings));
		row->findings[row->nr_findings++] = findings[i];
	}
}

/* Of the tries of one case the worst names the row. */
static enum verdict worse(enum verdict a, enum verdict b)
{
	static const int order[] = {
		[VERDICT_SKIP] = 0, [VERDICT_PASS] = 1, [VERDICT_ERROR] = 2, [VERDICT_FAIL] = 3
	};

	return order[a] > order[b] ? a : b;
}

/* Makes one row of the repeats of one case; rows are sorted. */
static void merge_repeats(struct history_run *run)
{
	size_t n = 0;

	for (size_t i = 0; i < run->nr_rows; i++) {
		struct history_row *row = &run->rows[i], *before = &run->rows[n ? n - 1 : 0];

		if (!n || before->of != row->of) {
			run->rows[n++] = *row;
			continue;
		}
		before->verdict = worse(before->verdict, row->verdict);
		before->lost |= row->lost;
		before->fails += row->fails;
		before->tries += row->tries;
		add_findings(before, row->findings, row->nr_findings);
		free(row->findings);
	}
	run->nr_rows = n;
}

static int by_name(const void *a, const void *b, void *cases)
{
	const struct history_row *x = a, *y = b;
	const struct history_case *c = cases;
	int ret = x->of == y->of ? 0 : strcmp(c[x->of].name, c[y->of].name);

	return ret ? ret : (x->of > y->of) - (x->of < y->of);
}

void history_sort(const struct history *h, struct history_run *run)
{
	if (run->nr_rows)
		qsort_r(run->rows, run->nr_rows, sizeof(*run->rows), by_name, h->cases);
}

uint32_t history_run(struct history *h, const struct history_run *given)
{
	struct history_run *run;

	h->runs = grow(h->runs, h->nr_runs, sizeof(*h->runs));
	run = &h->runs[h->nr_runs];
	*run = *given;
	run->before = HISTORY_NONE;
	{
		char **const texts[] = { RUN_TEXTS(run) };

		for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
			if (!*texts[i])
				*texts[i] = xstrdup("");
	}
	for (size_t i = 0; i < run->nr_rows; i++)
		if (!run->rows[i].tries)
			count_try(&run->rows[i]);
	history_sort(h, run);
	merge_repeats(run);
	return (uint32_t)h->nr_runs++;
}

const struct history_row *history_row(const struct history *h, uint32_t run, uint32_t of_case)
{
	const struct history_run *r = &h->runs[run];
	size_t from = 0, to = r->nr_rows;
	const struct history_row sought = { .of = of_case };

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		int order = by_name(&sought, &r->rows[middle], h->cases);

		if (!order)
			return &r->rows[middle];
		if (order < 0)
			to = middle;
		else
			from = middle + 1;
	}
	return NULL;
}

void history_recheck(struct history *h, uint32_t of, const struct history_row *try)
{
	struct history_row *row = (struct history_row *)history_row(h, of, try->of);
	struct history_row copy = *try;

	if (!row)
		return;
	copy.fails = copy.tries = 0;
	count_try(&copy);
	row->fails += copy.fails;
	row->tries += copy.tries;
	add_findings(row, try->findings, try->nr_findings);
}

bool history_comparable(const struct history_run *a, const struct history_run *b)
{
	return strcmp(a->plan, b->plan) == 0 && strcmp(a->geometry, b->geometry) == 0 &&
	       strcmp(a->accel, b->accel) == 0 && strcmp(a->profile, b->profile) == 0 &&
	       strcmp(a->arch, b->arch) == 0;
}

int history_exit_status(const struct history_run *run)
{
	if (run->statuses[STATUS_NEW] || run->statuses[STATUS_REGRESSED])
		return 1;
	return *run->untested || !run->complete || run->statuses[STATUS_LOST] ? 3 : 0;
}

void history_deinit(struct history *h)
{
	struct lookups *l = h->private;

	for (size_t i = 0; i < h->nr_cases; i++) {
		free(h->cases[i].name);
		free(h->cases[i].hash);
	}
	for (size_t i = 0; i < h->nr_findings; i++) {
		struct history_finding *f = &h->findings[i];

		free(f->rule);
		free(f->found);
		free(f->expected);
		free(f->example);
		free(f->known);
	}
	for (size_t i = 0; i < h->nr_runs; i++) {
		char **const texts[] = { RUN_TEXTS(&h->runs[i]) };

		for (size_t j = 0; j < ARRAY_SIZE(texts); j++)
			free(*texts[j]);
		for (size_t j = 0; j < h->runs[i].nr_rows; j++)
			free(h->runs[i].rows[j].findings);
		free(h->runs[i].rows);
	}
	free(h->cases);
	free(h->findings);
	free(h->runs);
	if (l) {
		free(l->cases.slots);
		free(l->findings.slots);
	}
	free(l);
	*h = (struct history)HISTORY_INIT;
}
