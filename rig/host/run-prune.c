/* SPDX-License-Identifier: GPL-2.0-only */
/* Packs the evidence of old runs, and removes old runs. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "guests/archive/archive-io.h"
#include "host/runs.h"
#include "reports/record/journal.h"

#define REMOVED ".removed-" /* the beginning of the name of a run that is being removed */

static const char *const evidence[] = { "cases", "guests", NULL };

bool run_age_parse(const char *text, uint64_t *seconds)
{
	static const struct {
		char unit;
		uint64_t seconds;
	} units[] = { { 'h', 3600 }, { 'd', 86400 }, { 'w', 7 * 86400 } };
	size_t len = strlen(text);
	char digits[12];
	uint64_t n;

	if (len < 2 || len > sizeof(digits))
		return false;
	snprintf(digits, sizeof(digits), "%.*s", (int)(len - 1), text);
	if (strspn(digits, "0123456789") != len - 1 || !parse_size(digits, &n) || !n || n > 1000000)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (text[len - 1] != units[i].unit)
			continue;
		*seconds = n * units[i].seconds;
		return true;
	}
	return false;
}

static const char *text(const char *s)
{
	return s ? s : "";
}

static bool is_same(const struct run_entry *a, const struct run_entry *b)
{
	return !strcmp(text(a->head.kernel_release), text(b->head.kernel_release)) &&
	       !strcmp(text(a->head.plan), text(b->head.plan));
}

static bool is_recheck(const struct run_entry *e)
{
	return *text(e->head.recheck_of);
}

/* Is it the newest of its kernel and plan that ended, or the newest if none did? */
static bool is_newest(const struct run_list *l, size_t which)
{
	const struct run_entry *e = &l->v[which];

	if (e->state == RUN_DAMAGED || is_recheck(e))
		return false;
	for (size_t i = 0; i < l->n; i++) {
		const struct run_entry *o = &l->v[i];

		if (i == which || o->state == RUN_DAMAGED || is_recheck(o) || !is_same(e, o))
			continue;
		if (e->state == RUN_ENDED ? o->state == RUN_ENDED && i > which :
					    o->state == RUN_ENDED || i > which)
			return false;
	}
	return true;
}

/* Rechecks of a run count for what it says. */
static void keep_rechecks(const struct run_list *l, bool *stays)
{
	for (size_t i = 0; i < l->n; i++)
		for (size_t of = 0; of < l->n && is_recheck(&l->v[i]); of++)
			if (stays[of] && !strcmp(l->v[of].name, l->v[i].head.recheck_of))
				stays[i] = true;
}

void run_list_choose(const struct run_list *l, const struct run_limits *limits, time_t now,
		     bool *remove)
{
	_cleanup_free_ bool *stays = xcalloc(l->n + 1, sizeof(*stays));
	uint64_t total = 0;

	for (size_t i = 0; i < l->n; i++) {
		total += l->v[i].bytes;
		stays[i] = l->v[i].state == RUN_RUNNING || l->v[i].keep || is_newest(l, i);
	}
	keep_rechecks(l, stays);
	for (size_t i = 0; i < l->n; i++) {
		const struct run_entry *e = &l->v[i];
		bool old = limits->age_s && e->start < now &&
			   (uint64_t)(now - e->start) > limits->age_s;

		remove[i] = !stays[i] && (old || (limits->bytes && total > limits->bytes));
		if (remove[i])
			total -= e->bytes;
	}
}

/* Under the run's lock: moved aside first, so that no half of it is taken for a run. */
static struct err *remove_run(const struct run_entry *e)
{
	_cleanup_free_ char *aside = xasprintf("%.*s" REMOVED "%s",
					       (int)(strlen(e->folder) - strlen(e->name)),
					       e->folder, e->name);
	struct journal lock = JOURNAL_INIT;
	struct err *err = journal_lock(&lock, e->folder);

	if (err)
		return err;
	if (rename(e->folder, aside))
		err = err_errno(errno, "cannot remove '%s'", e->folder);
	if (!err)
		err = tree_remove(aside);
	journal_unlock(&lock);
	return err;
}

/* What an earlier call was killed over, and links to runs that are gone. */
static void sweep(const char *base)
{
	_cleanup_free_ char *runs = xasprintf("%s/runs", base);
	DIR *dir = opendir(runs);
	struct dirent *e;

	while (dir && (e = readdir(dir))) {
		_cleanup_free_ char *path = xasprintf("%s/%s", runs, e->d_name);

		if (!strncmp(e->d_name, REMOVED, strlen(REMOVED)))
			err_free(tree_remove(path));
		else if (!strncmp(e->d_name, "latest", strlen("latest")) && e->d_type == DT_LNK &&
			 !path_exists(path))
			unlink(path);
	}
	if (dir)
		closedir(dir);
}

static double mib(uint64_t bytes)
{
	return (double)bytes / (1 << 20);
}

/* A run that cannot be changed, such as one that just began again, is named and left. */
static void say_failed(const struct progress *say, struct err *err)
{
	progress_line(say, "%s", err->message);
	err_free(err);
}

struct err *runs_prune(const char *base, const struct run_limits *limits,
		       const struct progress *say)
{
	uint64_t freed = 0;
	size_t removed = 0;
	struct run_list l;
	struct err *err = run_list_read(base, &l);
	_cleanup_free_ bool *remove = NULL;

	if (err)
		return err;
	remove = xcalloc(l.n + 1, sizeof(*remove));
	run_list_choose(&l, limits, time(NULL), remove);
	for (size_t i = 0; i < l.n; i++) {
		if (!remove[i])
			continue;
		err = remove_run(&l.v[i]);
		if (err) {
			say_failed(say, err);
			continue;
		}
		progress_line(say, "removed %s, %.1f MiB", l.v[i].name, mib(l.v[i].bytes));
		freed += l.v[i].bytes;
		removed++;
	}
	progress_line(say, "removed %zu of %zu runs, %.1f MiB", removed, l.n, mib(freed));
	sweep(base);
	run_list_deinit(&l);
	return NULL;
}

static struct err *drop_evidence(const struct run_entry *e)
{
	struct err *err = NULL;

	for (size_t i = 0; evidence[i] && !err; i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", e->folder, evidence[i]);

		err = tree_remove(path);
	}
	return err;
}

/* The archive gets its name when it is whole; only then the files go. */
static struct err *pack_run(const struct run_entry *e)
{
	_cleanup_free_ char *path = xasprintf("%s/" RUNDIR_PACKED, e->folder);
	_cleanup_free_ char *part = xasprintf("%s.part", path);
	struct journal lock = JOURNAL_INIT;
	struct err *err = journal_lock(&lock, e->folder);

	if (err)
		return err;
	if (!path_exists(path)) {
		err = tree_pack(e->folder, evidence, part);
		if (!err && rename(part, path)) {
			err = err_errno(errno, "cannot write '%s'", path);
			unlink(part);
		}
	}
	if (!err)
		err = drop_evidence(e);
	journal_unlock(&lock);
	return err;
}

static bool has_evidence(const struct run_entry *e)
{
	for (size_t i = 0; evidence[i]; i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", e->folder, evidence[i]);

		if (path_exists(path))
			return true;
	}
	return false;
}

/* Packs one run, if it is to be; returns the bytes that this saved. */
static uint64_t pack_one(const struct run_entry *e, uint64_t age_s, const struct progress *say,
			 size_t *packed)
{
	time_t now = time(NULL);
	struct err *err;
	uint64_t after;

	if (e->state == RUN_RUNNING || e->state == RUN_DAMAGED || e->keep || e->start > now ||
	    (uint64_t)(now - e->start) <= age_s || !has_evidence(e))
		return 0;
	err = pack_run(e);
	if (err) {
		say_failed(say, err);
		return 0;
	}
	after = tree_size(e->folder);
	progress_line(say, "packed %s, %.1f to %.1f MiB", e->name, mib(e->bytes), mib(after));
	++*packed;
	return e->bytes - MIN(after, e->bytes);
}

struct err *runs_pack(const char *base, uint64_t age_s, const struct progress *say)
{
	uint64_t saved = 0;
	size_t packed = 0;
	struct run_list l;
	struct err *err = run_list_read(base, &l);

	if (err)
		return err;
	for (size_t i = 0; i < l.n; i++)
		saved += pack_one(&l.v[i], age_s, say, &packed);
	progress_line(say, "packed %zu of %zu runs, %.1f MiB less", packed, l.n, mib(saved));
	run_list_deinit(&l);
	return NULL;
}
