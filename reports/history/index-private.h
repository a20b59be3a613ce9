/* SPDX-License-Identifier: GPL-2.0-only */
/* The tables of the index, as its files share them. */
#ifndef REPORTS_INDEX_PRIVATE_H
#define REPORTS_INDEX_PRIVATE_H

#include <sqlite3.h>

#include "reports/history/history-private.h"
#include "reports/history/index.h"

struct index {
	sqlite3 *db;
	char *path;
};

/* The texts of a run, in the order of the table's columns, and of RUN_TEXTS(). */
#define RUN_COLUMNS                                                                                \
	"name, path, night, spec, release, package, key, plan, geometry, accel, arch, profile, "   \
	"shard, match, started, untested"
#define RUN_TEXTS_NR 16

/* What went wrong in the index's database. */
struct err *index_err(const struct index *ix, const char *what) __must_check;

/* Prepares @sql. Finalize *@out after success. */
struct err *index_prepare(const struct index *ix, const char *sql, sqlite3_stmt **out) __must_check;

/* Runs @sql, which has no result. */
struct err *index_exec(const struct index *ix, const char *sql) __must_check;

/* Steps a statement that has no result, and resets it. */
struct err *index_step(const struct index *ix, sqlite3_stmt *stmt) __must_check;

/* Binds the texts of @run to the parameters from @first on; they must stay. */
void index_bind_run(sqlite3_stmt *stmt, int first, struct history_run *run);

/* A column as a text of its own; free() it. */
char *index_text(sqlite3_stmt *stmt, int column);

static inline void index_finalize(sqlite3_stmt **stmt)
{
	sqlite3_finalize(*stmt);
}
#define _cleanup_stmt_ _cleanup_(index_finalize)

#endif
