// SPDX-License-Identifier: GPL-2.0-only
/* A record of a run that did not end: run.json and the journal beside it. */
#include <string.h>

#include "reports/record/journal-private.h"
#include "reports/record/journal.h"

/* Opens the journal that belongs to @s; *@none when there is no such journal. */
static struct err *open_own(const char *path, bool raw, const struct run_summary *s,
			    struct journal_reader *r, bool *none)
{
	const char *slash = strrchr(path, '/');
	_cleanup_free_ char *folder = slash ? xstrndup(path, (size_t)(slash - path)) : xstrdup(".");
	struct journal_line line = { .kind = JOURNAL_NOTHING };
	struct err *err = journal_reader_open(r, folder, raw);

	if (!err)
		err = journal_next(r, &line);
	*none = line.kind != JOURNAL_HEAD || line.generation != s->journal;
	journal_line_deinit(&line);
	return err;
}

static bool has_note(const struct run_summary *s, const char *text)
{
	for (size_t i = 0; i < s->nr_notes; i++)
		if (strcmp(s->notes[i], text) == 0)
			return true;
	return false;
}

static struct err *add_case(const char *path, struct journal_line *line, struct run_summary *s)
{
	struct case_record *rec = line->rec;

	if (s->case_count >= RUN_JSON_CASES_MAX)
		return err_create(ERR_INFRA, "the journal of '%s' holds more than %d cases", path,
				  RUN_JSON_CASES_MAX);
	s->cases = xrealloc(s->cases, s->case_count + 1, sizeof(*s->cases));
	s->cases[s->case_count++] = take_ptr(line->rec);
	s->duration_ns = MAX(s->duration_ns, rec->started_ns + rec->duration_ns);
	return NULL;
}

struct planned {
	const char *name;
	size_t place;
};

struct placed {
	size_t place, order;
	struct case_record *rec;
};

static int by_name(const void *a, const void *b)
{
	const struct planned *x = a, *y = b;
	int ret = strcmp(x->name, y->name);

	return ret ? ret : x->place < y->place ? -1 : x->place > y->place;
}

static int by_name_only(const void *a, const void *b)
{
	return strcmp(((const struct planned *)a)->name, ((const struct planned *)b)->name);
}

static int by_place(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;

	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

/* The names in @text, one a line, sorted; they point into @text, whose newlines become NULs. */
static struct planned *split_plan(char *text, size_t *n)
{
	struct planned *v = NULL;
	char *save = NULL;

	*n = 0;
	for (char *w = strtok_r(text, "\n", &save); w; w = strtok_r(NULL, "\n", &save)) {
		if (!(*n & (*n - 1)))
			v = xrealloc(v, *n ? 2 * *n : 1, sizeof(*v));
		v[*n] = (struct planned){ w, *n };
		++*n;
	}
	if (v)
		qsort(v, *n, sizeof(*v), by_name);
	return v;
}

/* The cases ended in any order; records have them in the plan's. */
static void sort_cases(struct run_summary *s)
{
	_cleanup_free_ char *text = xstrdup(s->plan_text);
	size_t n;
	_cleanup_free_ struct planned *plan = split_plan(text, &n);
	_cleanup_free_ struct placed *v = xcalloc(s->case_count + 1, sizeof(*v));

	for (size_t i = 0; i < s->case_count; i++) {
		const struct planned key = { s->cases[i]->name, 0 };
		const struct planned *found = n ? bsearch(&key, plan, n, sizeof(*plan),
							  by_name_only) :
						  NULL;

		v[i] = (struct placed){ found ? found->place : SIZE_MAX, i, s->cases[i] };
	}
	if (s->case_count)
		qsort(v, s->case_count, sizeof(*v), by_place);
	for (size_t i = 0; i < s->case_count; i++)
		s->cases[i] = v[i].rec;
}

struct err *journal_read(const char *path, bool raw, struct run_summary *s)
{
	struct journal_line line = { .kind = JOURNAL_NOTHING };
	struct journal_reader r;
	bool none;
	struct err *err = open_own(path, raw, s, &r, &none);

	while (!err && !none) {
		err = journal_next(&r, &line);
		if (err || line.kind == JOURNAL_NOTHING)
			break;
		if (line.kind == JOURNAL_CASE)
			err = add_case(path, &line, s);
		if (line.kind == JOURNAL_NOTE && !has_note(s, line.text))
			run_summary_add_note(s, line.text);
		journal_line_deinit(&line);
	}
	journal_reader_close(&r);
	if (!err)
		sort_cases(s);
	return err;
}

void journal_count(const char *path, struct run_summary *s)
{
	struct journal_reader r;
	bool none;
	struct err *err = open_own(path, false, s, &r, &none);

	while (!err && !none) {
		enum verdict verdict;
		bool over;

		err = journal_next_verdict(&r, &verdict, &over);
		if (err || over)
			break;
		if (verdict <= VERDICT_ERROR)
			s->counts[verdict]++;
	}
	journal_reader_close(&r);
	err_free(err);
}
