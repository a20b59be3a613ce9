/* SPDX-License-Identifier: GPL-2.0-only */
/* Lists the runs in a folder. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/files.h"
#include "host/runs.h"
#include "reports/record/journal.h"

#define KEEP_MAX 4096 /* bytes of the reason that are read */

const char *run_state_name(enum run_state state)
{
	static const char *const names[] = {
		[RUN_RUNNING] = "running",
		[RUN_ENDED] = "ended",
		[RUN_INTERRUPTED] = "interrupted",
		[RUN_DAMAGED] = "damaged",
	};

	return names[state];
}

/* "2026-11-30T11:02:41+0000", with or without a colon in the zone; 0: it is no time. */
static time_t parse_time(const char *text)
{
	struct tm tm = { 0 };
	const char *end = strptime(text, "%Y-%m-%dT%H:%M:%S%z", &tm);
	long zone = tm.tm_gmtoff;
	time_t t = end && !*end ? timegm(&tm) - zone : 0;

	return t > 0 ? t : 0;
}

/* The files in @folder itself. */
static uint64_t measure_top(const char *folder)
{
	DIR *dir = opendir(folder);
	uint64_t bytes = 0;
	struct dirent *e;
	struct stat st;

	while (dir && (e = readdir(dir)))
		if (!fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) &&
		    S_ISREG(st.st_mode))
			bytes += (uint64_t)st.st_size;
	if (dir)
		closedir(dir);
	return bytes;
}

/* A record that ended says how large its evidence is: thousands of files are not looked at. */
static uint64_t measure(const struct run_entry *e)
{
	_cleanup_free_ char *cases = xasprintf("%s/cases", e->folder);
	_cleanup_free_ char *guests = xasprintf("%s/guests", e->folder);
	uint64_t bytes = measure_top(e->folder);

	if (e->packed)
		return bytes;
	if (e->head.evidence_bytes && !e->head.journal)
		return bytes + e->head.evidence_bytes;
	return bytes + tree_size(cases) + tree_size(guests);
}

/* The first line of the file "keep". */
static char *read_keep(const char *folder)
{
	_cleanup_free_ char *path = xasprintf("%s/" RUNDIR_KEEP, folder);
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err *err;

	if (!path_exists(path))
		return NULL;
	err = file_read(path, KEEP_MAX, &text);
	err_free(err);
	/* it is kept, whatever the file says */
	return xstrndup(buf_str(&text), strcspn(buf_str(&text), "\n"));
}

/* False: the folder holds no run. */
static bool read_entry(const char *runs, const char *name, struct run_entry *e)
{
	_cleanup_free_ char *folder = xasprintf("%s/%s", runs, name);
	_cleanup_free_ char *path = xasprintf("%s/run.json", folder);
	_cleanup_free_ char *packed = xasprintf("%s/" RUNDIR_PACKED, folder);
	struct err *err;
	struct stat st;

	/* links name runs that are there anyway */
	if (lstat(folder, &st) || !S_ISDIR(st.st_mode) || lstat(path, &st))
		return false;
	*e = (struct run_entry){ .name = xstrdup(name), .folder = take_ptr(folder) };
	err = run_json_read_head(path, &e->head);
	e->start = err ? 0 : parse_time(e->head.started);
	if (!e->start)
		e->start = st.st_mtime;
	e->state = err			      ? RUN_DAMAGED :
		   journal_is_held(e->folder) ? RUN_RUNNING :
		   e->head.complete	      ? RUN_ENDED :
						RUN_INTERRUPTED;
	err_free(err);
	e->packed = path_exists(packed);
	e->keep = read_keep(e->folder);
	e->bytes = measure(e);
	return true;
}

static int by_start(const void *a, const void *b)
{
	const struct run_entry *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return strcmp(x->name, y->name);
}

struct err *run_list_read(const char *base, struct run_list *out)
{
	_cleanup_free_ char *runs = xasprintf("%s/runs", base);
	DIR *dir = opendir(runs);
	struct dirent *e;

	*out = (struct run_list){ NULL, 0 };
	if (!dir && errno == ENOENT)
		return NULL;
	if (!dir)
		return err_errno(errno, "cannot open folder '%s'", runs);
	while ((e = readdir(dir))) {
		/* what begins with a dot is half made or half removed */
		if (*e->d_name == '.')
			continue;
		out->v = xrealloc(out->v, out->n + 1, sizeof(*out->v));
		out->n += read_entry(runs, e->d_name, &out->v[out->n]);
	}
	closedir(dir);
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), by_start);
	return NULL;
}

void run_list_deinit(struct run_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->v[i].name);
		free(l->v[i].folder);
		free(l->v[i].keep);
		run_summary_deinit(&l->v[i].head);
	}
	free(l->v);
	*l = (struct run_list){ NULL, 0 };
}
