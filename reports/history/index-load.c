/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes a history of what the index holds. */
#include <stdlib.h>
#include <string.h>

#include "base/glob.h"
#include "reports/history/index-private.h"

/* Ids of the database to indices of the history; HISTORY_NONE: not wanted, or none. */
struct ids {
	uint32_t *v;
	size_t n;
};

struct load {
	struct index *ix;
	const char *folder;
	const struct index_filter *filter;
	struct history *h;
	struct ids cases, findings;
	sqlite3_stmt *rows;
	bool narrow; /* only cases of the table "wanted" */
};

static void ids_set(struct ids *ids, int64_t id, uint32_t index)
{
	size_t n = ids->n;

	if (id < 0 || id >= HISTORY_NONE)
		return;
	if ((size_t)id >= n) {
		ids->n = MAX(2 * n, (size_t)id + 1);
		ids->v = xrealloc(ids->v, ids->n, sizeof(*ids->v));
		for (size_t i = n; i < ids->n; i++)
			ids->v[i] = HISTORY_NONE;
	}
	ids->v[id] = index;
}

static uint32_t ids_get(const struct ids *ids, int64_t id)
{
	return id >= 0 && (size_t)id < ids->n ? ids->v[id] : HISTORY_NONE;
}

static bool wants_case(const struct load *l, const char *name)
{
	return !l->filter->of_case || glob_match(l->filter->of_case, name);
}

/* Puts the ids of the wanted cases into the table "wanted". */
static struct err *want_cases(struct load *l)
{
	_cleanup_stmt_ sqlite3_stmt *all = NULL, *add = NULL;
	struct err *err = index_exec(l->ix, "CREATE TEMP TABLE IF NOT EXISTS wanted (id INTEGER "
					    "PRIMARY KEY); DELETE FROM wanted");

	if (!err)
		err = index_prepare(
			l->ix,
			l->filter->finding ?
				"SELECT id, name FROM acase WHERE id IN (SELECT of FROM hit "
				"WHERE finding IN (SELECT id FROM finding WHERE "
				"finding_matches(rule, found, known)))" :
				"SELECT id, name FROM acase",
			&all);
	if (!err)
		err = index_prepare(l->ix, "INSERT OR IGNORE INTO wanted VALUES (?)", &add);
	while (!err && sqlite3_step(all) == SQLITE_ROW) {
		if (!wants_case(l, (const char *)sqlite3_column_text(all, 1)))
			continue;
		sqlite3_bind_int64(add, 1, sqlite3_column_int64(all, 0));
		err = index_step(l->ix, add);
	}
	return err;
}

static struct err *load_cases(struct load *l)
{
	_cleanup_stmt_ sqlite3_stmt *stmt = NULL;
	struct err *err = index_prepare(
		l->ix,
		l->narrow ? "SELECT id, name, hash FROM acase JOIN wanted USING (id)" :
			    "SELECT id, name, hash FROM acase",
		&stmt);

	while (!err && sqlite3_step(stmt) == SQLITE_ROW)
		ids_set(&l->cases, sqlite3_column_int64(stmt, 0),
			history_case(l->h, (const char *)sqlite3_column_text(stmt, 1),
				     (const char *)sqlite3_column_text(stmt, 2)));
	return err;
}

static struct err *load_findings(struct load *l)
{
	_cleanup_stmt_ sqlite3_stmt *stmt = NULL;
	struct err *err = index_prepare(
		l->ix, "SELECT id, rule, found, known, expected, example FROM finding", &stmt);

	while (!err && sqlite3_step(stmt) == SQLITE_ROW) {
		const struct history_finding f = {
			.rule = (char *)sqlite3_column_text(stmt, 1),
			.found = (char *)sqlite3_column_text(stmt, 2),
			.known = (char *)sqlite3_column_text(stmt, 3),
			.expected = (char *)sqlite3_column_text(stmt, 4),
			.example = (char *)sqlite3_column_text(stmt, 5),
		};

		ids_set(&l->findings, sqlite3_column_int64(stmt, 0), history_finding(l->h, &f));
	}
	return err;
}

/* "3,17" */
static void take_findings(const struct load *l, const char *list, struct history_row *row)
{
	size_t n = *list != '\0';

	for (const char *p = list; *p; p++)
		n += *p == ',';
	row->findings = n ? xcalloc(n, sizeof(*row->findings)) : NULL;
	while (n--) {
		char *end;
		uint32_t id = ids_get(&l->findings, strtol(list, &end, 10));

		if (id != HISTORY_NONE)
			row->findings[row->nr_findings++] = id;
		list = *end ? end + 1 : end;
	}
}

static void load_rows(struct load *l, int64_t run, size_t cases, struct history_row **rows,
		      size_t *n)
{
	*rows = xcalloc(MAX(cases, (size_t)1), sizeof(**rows));
	*n = 0;
	sqlite3_bind_int64(l->rows, 1, run);
	while (*n < cases && sqlite3_step(l->rows) == SQLITE_ROW) {
		struct history_row row = {
			.of = ids_get(&l->cases, sqlite3_column_int64(l->rows, 0)),
			.verdict = (enum verdict)(sqlite3_column_int(l->rows, 1) & 3),
			.lost = sqlite3_column_int(l->rows, 2),
		};

		if (row.of == HISTORY_NONE)
			continue;
		take_findings(l, (const char *)sqlite3_column_text(l->rows, 3), &row);
		(*rows)[(*n)++] = row;
	}
	sqlite3_reset(l->rows);
}

/* Is the run @path wanted? */
static bool wants_run(const struct load *l, const char *path)
{
	const char *const *p = l->filter->paths;

	while (p && *p && strcmp(*p, path) != 0)
		p++;
	return !p || *p;
}

/* The run that @name names, the newest of those with that name. */
static uint32_t run_named(const struct history *h, const char *name)
{
	for (uint32_t i = (uint32_t)h->nr_runs; i-- > 0;)
		if (strcmp(h->runs[i].name, name) == 0)
			return i;
	return HISTORY_NONE;
}

static void join_recheck(struct load *l, const char *of, struct history_row *rows, size_t n)
{
	uint32_t run = run_named(l->h, of);

	for (size_t i = 0; i < n; i++) {
		if (run != HISTORY_NONE)
			history_recheck(l->h, run, &rows[i]);
		free(rows[i].findings);
	}
	free(rows);
}

enum {
	COLUMN_RECHECK_OF = RUN_TEXTS_NR,
	COLUMN_ID,
	COLUMN_START,
	COLUMN_DURATION,
	COLUMN_COMPLETE,
	COLUMN_COUNTS,
};

static void load_run(struct load *l, sqlite3_stmt *stmt)
{
	_cleanup_free_ char *recheck_of = index_text(stmt, COLUMN_RECHECK_OF);
	struct history_run run = {
		.start = sqlite3_column_int64(stmt, COLUMN_START),
		.duration_ns = (uint64_t)sqlite3_column_int64(stmt, COLUMN_DURATION),
		.complete = sqlite3_column_int(stmt, COLUMN_COMPLETE),
	};
	char **const texts[] = { RUN_TEXTS(&run) };
	size_t cases = 0;

	for (size_t i = 0; i < ARRAY_SIZE(run.counts); i++) {
		run.counts[i] = (size_t)sqlite3_column_int64(stmt, COLUMN_COUNTS + (int)i);
		cases += run.counts[i];
	}
	load_rows(l, sqlite3_column_int64(stmt, COLUMN_ID), cases, &run.rows, &run.nr_rows);
	if (*recheck_of) {
		join_recheck(l, recheck_of, run.rows, run.nr_rows);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		*texts[i] = index_text(stmt, (int)i);
	history_run(l->h, &run);
}

static struct err *load_runs(struct load *l)
{
	_cleanup_stmt_ sqlite3_stmt *stmt = NULL;
	int ret = SQLITE_DONE;
	struct err *err = index_prepare(
		l->ix,
		l->narrow ? "SELECT of, verdict, lost, findings FROM wanted CROSS JOIN row INDEXED "
			    "BY row_of ON of = wanted.id AND run = ?" :
			    "SELECT of, verdict, lost, findings FROM row WHERE "
			    "run = ?",
		&l->rows);

	/* a self-test has counts, but no rows; a recheck comes after what it repeats */
	if (!err)
		err = index_prepare(
			l->ix,
			"SELECT " RUN_COLUMNS ", recheck_of, id, start, duration, "
			"complete, pass, fail, skip, error FROM run WHERE (?1 IS NULL OR folder "
			"= ?1) AND (NOT ?2 OR night != '') "
			"AND (pass + fail + skip + error = 0 OR EXISTS (SELECT 1 FROM "
			"row WHERE run = run.id)) ORDER BY recheck_of != '', start, name",
			&stmt);
	if (err)
		return err;
	sqlite3_bind_text(stmt, 1, l->folder, -1, SQLITE_STATIC);
	sqlite3_bind_int(stmt, 2, l->filter->nights);
	while ((ret = sqlite3_step(stmt)) == SQLITE_ROW)
		if (wants_run(l, (const char *)sqlite3_column_text(stmt, 1)))
			load_run(l, stmt);
	return ret == SQLITE_DONE ? NULL : index_err(l->ix, "read");
}

static void finding_matches(sqlite3_context *c, int n, sqlite3_value **v)
{
	const char *glob = sqlite3_user_data(c);
	bool match = false;

	for (int i = 0; i < n && !match; i++)
		match = glob_match(glob, (const char *)sqlite3_value_text(v[i]));
	sqlite3_result_int(c, match);
}

struct err *index_load(struct index *ix, const char *runs, const struct index_filter *filter,
		       struct history *out)
{
	static const struct index_filter all;
	struct load l = { .ix = ix, .folder = runs, .filter = filter ? filter : &all, .h = out };
	struct err *err = NULL;

	*out = (struct history)HISTORY_INIT;
	l.narrow = l.filter->of_case || l.filter->finding;
	if (l.filter->finding)
		sqlite3_create_function(ix->db, "finding_matches", 3, SQLITE_UTF8,
					(void *)l.filter->finding, finding_matches, NULL, NULL);
	if (l.narrow)
		err = want_cases(&l);
	if (!err)
		err = load_cases(&l);
	if (!err)
		err = load_findings(&l);
	if (!err)
		err = load_runs(&l);
	sqlite3_finalize(l.rows);
	free(l.cases.v);
	free(l.findings.v);
	if (err)
		history_deinit(out);
	else
		history_classify(out);
	return err;
}
