/* SPDX-License-Identifier: GPL-2.0-only */
/* The database of the index: its tables, and opening it. */
#include "reports/history/index-private.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Raise it when a table or what is put into it changes: the index is then made again. */
#define VERSION 2

#define TEXT " TEXT NOT NULL"

/*
 * Cases and findings of all runs have one row each; a row of "row" is a case in a run. What a
 * finding is known as is a part of it: see history.h.
 */
static const char tables[] =
	"CREATE TABLE run (id INTEGER PRIMARY KEY, name" TEXT ", path" TEXT " UNIQUE, night" TEXT
	", spec" TEXT ", release" TEXT ", package" TEXT ", key" TEXT ", plan" TEXT ", geometry" TEXT
	", accel" TEXT ", arch" TEXT ", profile" TEXT ", shard" TEXT ", match" TEXT ", started" TEXT
	", untested" TEXT ", recheck_of" TEXT ", folder" TEXT
	", start INTEGER, duration INTEGER, complete INTEGER, pass INTEGER, fail INTEGER"
	", skip INTEGER, error INTEGER, stamp" TEXT ");"
	"CREATE INDEX run_folder ON run (folder, start);"
	"CREATE TABLE acase (id INTEGER PRIMARY KEY, name" TEXT ", hash" TEXT
	", UNIQUE (name, hash));"
	"CREATE TABLE finding (id INTEGER PRIMARY KEY, rule" TEXT ", found" TEXT ", known" TEXT
	", expected" TEXT ", example" TEXT ", UNIQUE (rule, found, known));"
	"CREATE TABLE row (run INTEGER NOT NULL, place INTEGER NOT NULL, of INTEGER NOT NULL"
	", verdict INTEGER, lost INTEGER, findings" TEXT ", PRIMARY KEY (run, place))"
	" WITHOUT ROWID;"
	"CREATE INDEX row_of ON row (of, run);"
	"CREATE TABLE hit (finding INTEGER NOT NULL, run INTEGER NOT NULL, of INTEGER NOT NULL"
	", PRIMARY KEY (finding, run, of)) WITHOUT ROWID;"
	"CREATE INDEX hit_run ON hit (run);";

struct err *index_err(const struct index *ix, const char *what)
{
	return err_create(ERR_INFRA, "cannot %s the index '%s': %s", what, ix->path,
			  sqlite3_errmsg(ix->db));
}

struct err *index_prepare(const struct index *ix, const char *sql, sqlite3_stmt **out)
{
	return sqlite3_prepare_v2(ix->db, sql, -1, out, NULL) == SQLITE_OK ? NULL :
									     index_err(ix, "read");
}

struct err *index_exec(const struct index *ix, const char *sql)
{
	return sqlite3_exec(ix->db, sql, NULL, NULL, NULL) == SQLITE_OK ? NULL :
									  index_err(ix, "write");
}

struct err *index_step(const struct index *ix, sqlite3_stmt *stmt)
{
	int ret = sqlite3_step(stmt);

	sqlite3_reset(stmt);
	return ret == SQLITE_DONE ? NULL : index_err(ix, "write");
}

void index_bind_run(sqlite3_stmt *stmt, int first, struct history_run *run)
{
	char **const texts[] = { RUN_TEXTS(run) };

	_Static_assert(ARRAY_SIZE(texts) == RUN_TEXTS_NR, "every text has a column");
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		sqlite3_bind_text(stmt, first + (int)i, *texts[i] ? *texts[i] : "", -1,
				  SQLITE_STATIC);
}

char *index_text(sqlite3_stmt *stmt, int column)
{
	const char *s = (const char *)sqlite3_column_text(stmt, column);

	return xstrdup(s ? s : "");
}

static bool is_current(const struct index *ix)
{
	_cleanup_stmt_ sqlite3_stmt *stmt = NULL;
	_cleanup_err_ struct err *err = index_prepare(ix, "PRAGMA user_version", &stmt);

	return !err && sqlite3_step(stmt) == SQLITE_ROW && sqlite3_column_int(stmt, 0) == VERSION;
}

static struct err *open_db(struct index *ix)
{
	if (sqlite3_open(ix->path, &ix->db) != SQLITE_OK)
		return index_err(ix, "open");
	/* another daxrig may be writing: a night's index takes seconds */
	sqlite3_busy_timeout(ix->db, 60000);
	return index_exec(ix, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
}

static struct err *make_tables(struct index *ix)
{
	_cleanup_free_ char *version = xasprintf("PRAGMA user_version = %d", VERSION);
	struct err *err = index_exec(ix, tables);

	return err ? err : index_exec(ix, version);
}

static void remove_db(struct index *ix)
{
	static const char *const ends[] = { "", "-wal", "-shm" };

	sqlite3_close(ix->db);
	ix->db = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		_cleanup_free_ char *path = xasprintf("%s%s", ix->path, ends[i]);

		unlink(path);
	}
}

struct err *index_open(const char *path, struct index **out)
{
	struct index *ix = xcalloc(1, sizeof(*ix));
	struct err *err;

	ix->path = xstrdup(path);
	err = open_db(ix);
	/* what is no index of this version is made again: it holds nothing of its own */
	if (err || !is_current(ix)) {
		err_free(err);
		remove_db(ix);
		err = open_db(ix);
		if (!err)
			err = make_tables(ix);
	}
	if (err) {
		index_close(ix);
		return err;
	}
	*out = ix;
	return NULL;
}

void index_close(struct index *ix)
{
	if (!ix)
		return;
	sqlite3_close(ix->db);
	free(ix->path);
	free(ix);
}
