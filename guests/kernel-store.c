/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/kernel-store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/files.h"

#define TMP_PREFIX ".tmp-"
#define ANSWER_AGE (24 * 60 * 60)	/* seconds */
#define ANSWER_MAX 4096

/* Our own number on a folder we find means an earlier process that had it. */
static bool maker_is_gone(const char *name)
{
	long pid = strtol(name + strlen(TMP_PREFIX), NULL, 10);

	return pid <= 0 || pid == getpid() || (kill((pid_t)pid, 0) && errno == ESRCH);
}

static void sweep(const char *store)
{
	DIR *dir = opendir(store);
	struct dirent *e;

	while (dir && (e = readdir(dir))) {
		_cleanup_free_ char *path = xasprintf("%s/%s", store, e->d_name);

		if (strncmp(e->d_name, TMP_PREFIX, strlen(TMP_PREFIX)))
			continue;
		/* What cannot be removed now is tried again by the next run. */
		if (maker_is_gone(e->d_name))
			err_free(tree_remove(path));
	}
	if (dir)
		closedir(dir);
}

struct err *store_begin(const char *store, const char *key, char **tmp)
{
	struct err *err = dir_create(store);

	if (err)
		return err;
	sweep(store);
	*tmp = xasprintf("%s/" TMP_PREFIX "%d-%s", store, getpid(), key);
	if (!mkdir(*tmp, 0755))
		return NULL;
	err = err_errno(errno, "cannot create folder '%s'", *tmp);
	free(take_ptr(*tmp));
	return err;
}

struct err *store_commit(const char *store, const char *key, const char *tmp)
{
	_cleanup_free_ char *to = xasprintf("%s/%s", store, key);
	_cleanup_free_ char *old = xasprintf("%s.old", tmp);
	/* Its bytes must be on the disk before its name is: a crash may come. */
	_cleanup_close_ int fd = open(store, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || syncfs(fd))
		return err_errno(errno, "cannot write '%s'", tmp);
	if (!rename(tmp, to))
		return NULL;
	if (errno != ENOTEMPTY && errno != EEXIST)
		return err_errno(errno, "cannot rename '%s' to '%s'", tmp, to);
	if ((rename(to, old) && errno != ENOENT) || rename(tmp, to))
		return err_errno(errno, "cannot rename '%s' to '%s'", tmp, to);
	return tree_remove(old);
}

void store_abort(const char *tmp)
{
	err_free(tree_remove(tmp));
}

static char *answer_path(const char *store, const char *spec)
{
	return xasprintf("%s/.resolved-%s", store, spec);
}

struct err *store_remember(const char *store, const char *spec, const char *answer)
{
	_cleanup_free_ char *path = answer_path(store, spec);

	return file_write_atomic(path, answer, strlen(answer));
}

void store_recall(const char *store, const char *spec, char **answer, bool *fresh)
{
	_cleanup_free_ char *path = answer_path(store, spec);
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_err_ struct err *err = file_read(path, ANSWER_MAX, &text);
	time_t now = time(NULL);
	struct stat st;

	*answer = NULL;
	*fresh = false;
	if (err || stat(path, &st))
		return;
	*answer = buf_take(&text);
	*fresh = st.st_mtime <= now + 60 && now - st.st_mtime < ANSWER_AGE;
}
