// SPDX-License-Identifier: GPL-2.0-only
#include "reports/record/rundir.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"

#define SAFE_NAME_MAX 80

char *rundir_safe_name(const char *name)
{
	struct buf b = BUF_INIT;

	for (; *name && b.len < SAFE_NAME_MAX; name++) {
		bool word = (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z') ||
			    (*name >= '0' && *name <= '9') || *name == '_';

		if (word || ((*name == '.' || *name == '-') && b.len))
			buf_addc(&b, *name);
		else if (b.len && b.data[b.len - 1] != '-')
			buf_addc(&b, '-');
	}
	while (b.len && b.data[b.len - 1] == '-')
		b.data[--b.len] = '\0';
	if (!b.len)
		buf_adds(&b, "unnamed");
	return buf_take(&b);
}

struct err *rundir_point(const struct rundir *dir, const char *word)
{
	const char *slash = strrchr(dir->path, '/'), *name = slash ? slash + 1 : dir->path;
	_cleanup_free_ char *runs = slash ? xstrndup(dir->path, (size_t)(slash - dir->path)) :
					    xstrdup(".");
	_cleanup_free_ char *link = xasprintf("%s/%s", runs, word);
	/* no other process has this run's lock, so none has this name */
	_cleanup_free_ char *tmp = xasprintf("%s/.%s-%s", runs, word, name);

	unlink(tmp);
	if (symlink(name, tmp))
		return err_errno(errno, "cannot create '%s'", tmp);
	if (rename(tmp, link)) {
		struct err *err = err_errno(errno, "cannot point '%s' to '%s'", link, name);

		unlink(tmp);
		return err;
	}
	return NULL;
}

/*
 * In a shared folder, "runs" must belong to this user, to root or to the owner of the folder,
 * and must not let all users replace its files. A group may share it.
 */
static struct err *check_shared(const char *base, const char *runs)
{
	const char *const paths[] = { base, runs };
	struct stat owner, st, link;

	if (stat(base, &owner) || lstat(runs, &link))
		return err_errno(errno, "cannot look at '%s'", runs);
	if (link.st_uid && link.st_uid != geteuid() && link.st_uid != owner.st_uid)
		return err_create(ERR_INFRA, "cannot trust '%s': it belongs to user %u", runs,
				  (unsigned int)link.st_uid);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		if (stat(paths[i], &st))
			return err_errno(errno, "cannot look at '%s'", paths[i]);
		if (st.st_mode & S_IWOTH && !(st.st_mode & S_ISVTX))
			return err_create(ERR_INFRA, "cannot trust '%s': all users can write it",
					  paths[i]);
	}
	return NULL;
}

struct err *rundir_create(struct rundir *dir, const char *base, time_t started, long pid)
{
	_cleanup_free_ char *runs = xasprintf("%s/runs", base);
	_cleanup_free_ char *name = NULL;
	_cleanup_free_ char *path = NULL;
	struct err *err;
	struct tm tm;
	char stamp[32];

	*dir = (struct rundir){ NULL };
	localtime_r(&started, &tm);
	strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M%S", &tm);
	name = xasprintf("%s-%ld", stamp, pid);
	path = xasprintf("%s/%s", runs, name);
	err = dir_create(runs);
	if (!err)
		err = check_shared(base, runs);
	if (err)
		return err;
	if (mkdir(path, 0755))
		return err_errno(errno, "cannot create '%s'", path);
	dir->path = take_ptr(path);
	return NULL;
}

void rundir_open(struct rundir *dir, const char *path)
{
	*dir = (struct rundir){ .path = xstrdup(path) };
}

void rundir_deinit(struct rundir *dir)
{
	free(dir->path);
	dir->path = NULL;
}

void rundir_case_init(struct rundir_case *c, const struct rundir *dir, unsigned int number,
		      const char *name)
{
	_cleanup_free_ char *safe = rundir_safe_name(name);

	*c = (struct rundir_case){ .dir = dir };
	c->path = xasprintf("cases/%03u-%s", number, safe);
}

void rundir_case_deinit(struct rundir_case *c)
{
	free(c->path);
	c->path = NULL;
}

/* "cases/001-x/name", with a number after the name when that exists already. */
static char *free_path(const struct rundir_case *c, const char *name)
{
	_cleanup_free_ char *safe = rundir_safe_name(name);

	for (unsigned int i = 1;; i++) {
		_cleanup_free_ char *rel = NULL;
		_cleanup_free_ char *full = NULL;

		rel = i == 1 ? xasprintf("%s/%s", c->path, safe) :
			       xasprintf("%s/%s.%u", c->path, safe, i);
		full = xasprintf("%s/%s", c->dir->path, rel);
		/* this ends, as at most RUNDIR_FILES_MAX files exist */
		if (!path_exists(full))
			return take_ptr(rel);
	}
}

bool rundir_case_takes(const struct rundir_case *c, size_t len)
{
	return c->files < RUNDIR_FILES_MAX / 2 && c->bytes + len <= RUNDIR_CASE_MAX / 2;
}

struct err *rundir_case_write(struct rundir_case *c, const char *name, const void *data, size_t len,
			      char **path)
{
	size_t keep = MIN(len, MIN(RUNDIR_FILE_MAX, RUNDIR_CASE_MAX - c->bytes));
	_cleanup_free_ char *folder = xasprintf("%s/%s", c->dir->path, c->path);
	_cleanup_free_ char *full = NULL;
	_cleanup_free_ char *rel = NULL;
	_cleanup_buf_ struct buf b = BUF_INIT;
	struct err *err;

	if (path)
		*path = NULL;
	if (c->files >= RUNDIR_FILES_MAX || (len && !keep))
		return NULL;
	err = dir_create(folder);
	if (err)
		return err;
	rel = free_path(c, name);
	full = xasprintf("%s/%s", c->dir->path, rel);
	buf_add_middle_cut(&b, data, len, keep);
	err = file_write_atomic(full, buf_str(&b), b.len);
	if (err)
		return err;
	c->files++;
	c->bytes += keep;
	if (path)
		*path = take_ptr(rel);
	return NULL;
}
