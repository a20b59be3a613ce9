/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads records into the index. */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "reports/history/identity.h"
#include "reports/history/index-private.h"
#include "reports/record/run-json.h"

#define EXAMPLE_MAX 1000 /* bytes of an expected or a found text */

/* The statements of one update. */
enum {
	STMT_STAMP,
	STMT_DROP_ROWS,
	STMT_DROP_HITS,
	STMT_DROP_RUN,
	STMT_ADD_RUN,
	STMT_ADD_ROW,
	STMT_ADD_HIT,
	STMT_FIND_CASE,
	STMT_ADD_CASE,
	STMT_FIND_FINDING,
	STMT_ADD_FINDING,
	STATEMENTS
};

static const char *const sql[STATEMENTS] = {
	[STMT_STAMP] = "SELECT id, stamp FROM run WHERE path = ?",
	[STMT_DROP_ROWS] = "DELETE FROM row WHERE run = ?",
	[STMT_DROP_HITS] = "DELETE FROM hit WHERE run = ?",
	[STMT_DROP_RUN] = "DELETE FROM run WHERE id = ?",
	[STMT_ADD_RUN] =
		("INSERT INTO run (" RUN_COLUMNS ", recheck_of, folder, start, duration, complete, "
		 "pass, fail, skip, error, stamp) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, "
		 "?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, "
		 "?26)"),
	[STMT_ADD_ROW] = "INSERT INTO row VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
	[STMT_ADD_HIT] = "INSERT OR IGNORE INTO hit VALUES (?, ?, ?)",
	[STMT_FIND_CASE] = "SELECT id FROM acase WHERE name = ? AND hash = ?",
	[STMT_ADD_CASE] = "INSERT INTO acase (name, hash) VALUES (?, ?)",
	[STMT_FIND_FINDING] = "SELECT id FROM finding WHERE rule = ? AND found = ? AND known = ?",
	[STMT_ADD_FINDING] =
		("INSERT INTO finding (rule, found, known, expected, example) VALUES (?, ?, ?, ?, "
		 "?)"),
};

struct update {
	struct index *ix;
	const char *folder;
	const struct known *known;
	sqlite3_stmt *stmt[STATEMENTS];
};

/* What tells whether a record changed: of a running one also the journal. */
static char *stamp_of(const char *folder)
{
	static const char *const names[] = { "run.json", "cases.jsonl" };
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", folder, names[i]);
		struct stat st;

		if (stat(path, &st) == 0)
			buf_addf(&b, "%s%lld.%09ld %lld %lld", b.len ? "; " : "",
				 (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec,
				 (long long)st.st_size, (long long)st.st_ino);
	}
	return buf_take(&b);
}

/* The seconds of an ISO 8601 time with an offset, "+01:00" or "+0100"; 0: it is none. */
static time_t seconds_of(const char *s)
{
	struct tm tm = { 0 };
	const char *end = strptime(s, "%Y-%m-%dT%H:%M:%S%z", &tm);
	long offset = tm.tm_gmtoff;

	return end ? timegm(&tm) - offset : 0;
}

/* Of a built kernel what its name adds: "+debug+x.patch"; packages have none. */
static char *profile_of(const char *spec)
{
	bool built = strncmp(spec, "src:", 4) == 0 || strncmp(spec, "tree:", 5) == 0;
	const char *extras = built ? strchr(spec, '+') : NULL;

	return xstrdup(extras ? extras : "");
}

static char *arch_of(const char *host_kernel)
{
	const char *space = strrchr(host_kernel, ' ');

	return xstrdup(space ? space + 1 : "");
}

/* Finds the id of a text by @find, or adds it by @add; both have the same first parameters. */
static struct err *intern(struct update *u, sqlite3_stmt *find, sqlite3_stmt *add,
			  const char *const texts[], int nr_find, int nr_add, int64_t *id)
{
	struct err *err = NULL;

	for (int i = 0; i < nr_find; i++)
		sqlite3_bind_text(find, i + 1, texts[i], -1, SQLITE_STATIC);
	if (sqlite3_step(find) == SQLITE_ROW) {
		*id = sqlite3_column_int64(find, 0);
		sqlite3_reset(find);
		return NULL;
	}
	sqlite3_reset(find);
	for (int i = 0; i < nr_add; i++)
		sqlite3_bind_text(add, i + 1, texts[i], -1, SQLITE_STATIC);
	err = index_step(u->ix, add);
	*id = sqlite3_last_insert_rowid(u->ix->db);
	return err;
}

static struct err *add_finding(struct update *u, const struct finding *f, int64_t run, int64_t of,
			       struct buf *list)
{
	_cleanup_free_ char *found = identity_found(f->found);
	_cleanup_free_ char *expected = xstrndup(f->expected ? f->expected : "", EXAMPLE_MAX);
	_cleanup_free_ char *example = xstrndup(f->found ? f->found : "", EXAMPLE_MAX);
	const char *const texts[] = { f->rule, found, f->known ? f->known : "", expected, example };
	int64_t id = 0;
	struct err *err = intern(u, u->stmt[STMT_FIND_FINDING], u->stmt[STMT_ADD_FINDING], texts, 3,
				 5, &id);

	if (err)
		return err;
	buf_addf(list, "%s%" PRId64, list->len ? "," : "", id);
	sqlite3_bind_int64(u->stmt[STMT_ADD_HIT], 1, id);
	sqlite3_bind_int64(u->stmt[STMT_ADD_HIT], 2, run);
	sqlite3_bind_int64(u->stmt[STMT_ADD_HIT], 3, of);
	return index_step(u->ix, u->stmt[STMT_ADD_HIT]);
}

static bool oracle_lost(const struct case_record *c)
{
	for (size_t i = 0; i < c->evidence_count; i++)
		if (strcmp(c->evidence[i].name, EVIDENCE_LOST) == 0)
			return true;
	return false;
}

static struct err *add_row(struct update *u, int64_t run, size_t place, struct case_record *c)
{
	_cleanup_free_ char *name = identity_case(c->name);
	char hash[IDENTITY_HASH];
	const char *const texts[] = { name, hash };
	_cleanup_buf_ struct buf findings = BUF_INIT;
	int64_t of = 0;
	struct err *err;

	identity_scenario(c->scenario ? c->scenario : "", hash);
	err = intern(u, u->stmt[STMT_FIND_CASE], u->stmt[STMT_ADD_CASE], texts, 2, 2, &of);
	/* a pass or a skip may keep findings, which then are no reason */
	for (size_t i = 0; i < c->finding_count && c->verdict == VERDICT_FAIL && !err; i++)
		err = add_finding(u, &c->findings[i], run, of, &findings);
	if (err)
		return err;
	sqlite3_bind_int64(u->stmt[STMT_ADD_ROW], 1, run);
	sqlite3_bind_int64(u->stmt[STMT_ADD_ROW], 2, (int64_t)place);
	sqlite3_bind_int64(u->stmt[STMT_ADD_ROW], 3, of);
	sqlite3_bind_int(u->stmt[STMT_ADD_ROW], 4, (int)c->verdict);
	sqlite3_bind_int(u->stmt[STMT_ADD_ROW], 5, oracle_lost(c));
	sqlite3_bind_text(u->stmt[STMT_ADD_ROW], 6, buf_str(&findings), -1, SQLITE_STATIC);
	return index_step(u->ix, u->stmt[STMT_ADD_ROW]);
}

/* Did a list mark this record when it was written? */
static bool is_marked(const struct run_summary *s)
{
	return *s->known_list;
}

static struct err *add_rows(struct update *u, int64_t run, struct run_summary *s)
{
	struct err *err = NULL;

	for (size_t i = 0; i < s->case_count && !err; i++) {
		if (u->known && !is_marked(s))
			known_mark(u->known, s->kernel_release, s->cases[i]);
		err = add_row(u, run, i, s->cases[i]);
	}
	return err;
}

static struct err *add_run(struct update *u, const char *name, const char *path, const char *stamp,
			   struct run_summary *s)
{
	_cleanup_free_ char *profile = profile_of(s->kernel_spec), *arch = arch_of(s->host_kernel);
	struct history_run run = {
		.name = (char *)name,
		.path = (char *)path,
		.night = s->night,
		.spec = s->kernel_spec,
		.release = s->kernel_release,
		.package = s->kernel_package,
		.key = s->kernel_key,
		.plan = s->plan,
		.geometry = s->geometry,
		.accel = s->accel,
		.arch = arch,
		.profile = profile,
		.shard = s->plan_shard,
		.match = s->plan_match,
		.started = s->started,
		.untested = s->case_count || s->complete ? "" : s->end_reason,
	};
	size_t counts[VERDICT_ERROR + 1] = { 0 };
	int at = RUN_TEXTS_NR + 1;
	struct err *err;

	for (size_t i = 0; i < s->case_count; i++)
		counts[s->cases[i]->verdict]++;
	index_bind_run(u->stmt[STMT_ADD_RUN], 1, &run);
	sqlite3_bind_text(u->stmt[STMT_ADD_RUN], at++, s->recheck_of, -1, SQLITE_STATIC);
	sqlite3_bind_text(u->stmt[STMT_ADD_RUN], at++, u->folder, -1, SQLITE_STATIC);
	sqlite3_bind_int64(u->stmt[STMT_ADD_RUN], at++, seconds_of(s->started));
	sqlite3_bind_int64(u->stmt[STMT_ADD_RUN], at++, (int64_t)s->duration_ns);
	sqlite3_bind_int(u->stmt[STMT_ADD_RUN], at++, s->complete);
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++)
		sqlite3_bind_int64(u->stmt[STMT_ADD_RUN], at++, (int64_t)counts[i]);
	sqlite3_bind_text(u->stmt[STMT_ADD_RUN], at, stamp, -1, SQLITE_STATIC);
	err = index_step(u->ix, u->stmt[STMT_ADD_RUN]);
	/* a self-test accuses a kernel on purpose: its rows are no history */
	return err || *s->self_test ? err : add_rows(u, sqlite3_last_insert_rowid(u->ix->db), s);
}

/* Forgets the run @path, if the index has it with another stamp than @stamp (NULL: any). */
static struct err *drop_run(struct update *u, const char *path, const char *stamp, bool *current)
{
	struct err *err;
	int64_t id;

	*current = false;
	sqlite3_bind_text(u->stmt[STMT_STAMP], 1, path, -1, SQLITE_STATIC);
	if (sqlite3_step(u->stmt[STMT_STAMP]) != SQLITE_ROW) {
		sqlite3_reset(u->stmt[STMT_STAMP]);
		return NULL;
	}
	id = sqlite3_column_int64(u->stmt[STMT_STAMP], 0);
	*current = stamp &&
		   strcmp((const char *)sqlite3_column_text(u->stmt[STMT_STAMP], 1), stamp) == 0;
	sqlite3_reset(u->stmt[STMT_STAMP]);
	if (*current)
		return NULL;
	sqlite3_bind_int64(u->stmt[STMT_DROP_ROWS], 1, id);
	sqlite3_bind_int64(u->stmt[STMT_DROP_HITS], 1, id);
	sqlite3_bind_int64(u->stmt[STMT_DROP_RUN], 1, id);
	err = index_step(u->ix, u->stmt[STMT_DROP_ROWS]);
	if (!err)
		err = index_step(u->ix, u->stmt[STMT_DROP_HITS]);
	return err ? err : index_step(u->ix, u->stmt[STMT_DROP_RUN]);
}

/* Reads the run @name of the folder, if it changed. A record that is none sets *@bad. */
static struct err *update_run(struct update *u, const char *name, struct err **bad)
{
	_cleanup_free_ char *folder = xasprintf("%s/%s", u->folder, name);
	_cleanup_free_ char *path = xasprintf("%s/run.json", folder);
	_cleanup_free_ char *stamp = stamp_of(folder);
	struct run_summary s;
	struct err *err;
	bool current;

	if (!*stamp)
		return NULL;
	err = drop_run(u, path, stamp, &current);
	if (err || current)
		return err;
	*bad = run_json_read(path, &s);
	if (*bad)
		return NULL;
	err = add_run(u, name, path, stamp, &s);
	run_summary_deinit(&s);
	return err;
}

static int is_run(const struct dirent *d)
{
	return d->d_name[0] != '.' && d->d_type != DT_LNK;
}

static struct err *update_folder(struct update *u, size_t *skipped, char **why)
{
	struct dirent **names = NULL;
	int n = scandir(u->folder, &names, is_run, alphasort);
	struct err *err = NULL;

	for (int i = 0; i < n; i++) {
		struct err *bad = NULL;

		if (!err)
			err = update_run(u, names[i]->d_name, &bad);
		if (bad && !(*skipped)++ && why)
			*why = xstrdup(bad->message);
		err_free(bad);
		free(names[i]);
	}
	free(names);
	if (n < 0 && errno != ENOENT)
		return err_errno(errno, "cannot read '%s'", u->folder);
	return err;
}

/* Forgets the runs whose records are gone. */
static struct err *forget_removed(struct update *u)
{
	_cleanup_stmt_ sqlite3_stmt *all = NULL;
	struct err *err = index_prepare(u->ix, "SELECT path FROM run WHERE folder = ?", &all);

	if (err)
		return err;
	sqlite3_bind_text(all, 1, u->folder, -1, SQLITE_STATIC);
	while (!err && sqlite3_step(all) == SQLITE_ROW) {
		_cleanup_free_ char *path = index_text(all, 0);
		struct stat st;
		bool current;

		if (stat(path, &st) < 0)
			err = drop_run(u, path, NULL, &current);
	}
	return err;
}

static struct err *prepare(struct update *u)
{
	struct err *err = NULL;

	for (size_t i = 0; i < STATEMENTS && !err; i++)
		err = index_prepare(u->ix, sql[i], &u->stmt[i]);
	return err;
}

static void finish(struct update *u)
{
	for (size_t i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(u->stmt[i]);
}

struct err *index_update(struct index *ix, const char *runs, const struct known *known,
			 size_t *skipped, char **why)
{
	struct update u = { .ix = ix, .folder = runs, .known = known };
	struct err *err;

	*skipped = 0;
	if (why)
		*why = NULL;
	err = index_exec(ix, "BEGIN IMMEDIATE");
	if (err)
		return err;
	err = prepare(&u);
	if (!err)
		err = forget_removed(&u);
	if (!err)
		err = update_folder(&u, skipped, why);
	finish(&u);
	if (!err)
		return index_exec(ix, "COMMIT");
	err_free(index_exec(ix, "ROLLBACK"));
	return err;
}
