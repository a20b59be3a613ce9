/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/store/kernel-store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "base/files.h"
#include "guests/store/digests.h"

#define TMP_PREFIX ".tmp-"
#define LOCK_PREFIX ".lock-"
#define ANSWER_PREFIX ".resolved-"
#define ANSWER_AGE (24 * 60 * 60) /* seconds */
#define ANSWER_MAX 4096

/* A folder with our own pid is from an earlier process that had the same pid. */
static bool maker_is_gone(const char *name)
{
	long pid = strtol(name + strlen(TMP_PREFIX), NULL, 10);

	return pid <= 0 || pid == getpid() || (kill((pid_t)pid, 0) && errno == ESRCH);
}

void store_sweep(const char *store)
{
	DIR *dir = opendir(store);
	struct dirent *e;

	while (dir && (e = readdir(dir))) {
		_cleanup_free_ char *path = xasprintf("%s/%s", store, e->d_name);

		if (strncmp(e->d_name, TMP_PREFIX, strlen(TMP_PREFIX)))
			continue;
		/* If this fails, the next run tries again. */
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
	store_sweep(store);
	*tmp = xasprintf("%s/" TMP_PREFIX "%d-%s", store, getpid(), key);
	if (!mkdir(*tmp, 0755))
		return NULL;
	err = err_errno(errno, "cannot create folder '%s'", *tmp);
	free(take_ptr(*tmp));
	return err;
}

struct err *store_commit_plain(const char *store, const char *key, const char *tmp)
{
	_cleanup_free_ char *to = xasprintf("%s/%s", store, key);
	_cleanup_free_ char *old = xasprintf("%s.old", tmp);
	/* The files must be on the disk before the folder gets its name, in case of a crash. */
	_cleanup_close_ int fd = open(store, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || syncfs(fd))
		return err_errno(errno, "cannot write '%s'", tmp);
	if (!rename(tmp, to))
		return NULL;
	if (errno != ENOTEMPTY && errno != EEXIST)
		return err_errno(errno, "cannot rename '%s' to '%s'", tmp, to);
	/* Holders of the old folder open its files by name: the names must always exist. */
	if (!renameat2(AT_FDCWD, tmp, AT_FDCWD, to, RENAME_EXCHANGE))
		return tree_remove(tmp);
	/* Some filesystems do not support RENAME_EXCHANGE. */
	if ((rename(to, old) && errno != ENOENT) || rename(tmp, to))
		return err_errno(errno, "cannot rename '%s' to '%s'", tmp, to);
	return tree_remove(old);
}

struct err *store_commit(const char *store, const char *key, const char *tmp)
{
	struct err *err = digests_write(tmp);

	return err ? err : store_commit_plain(store, key, tmp);
}

void store_abort(const char *tmp)
{
	err_free(tree_remove(tmp));
}

struct err *store_hold(const char *path, int *out)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat mine, now;

	*out = -1;
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return NULL;
	if (fd < 0 || fstat(fd, &mine))
		return err_errno(errno, "cannot open '%s'", path);
	/* A remover holds the exclusive lock, and renames the folder meanwhile. */
	while (flock(fd, LOCK_SH)) {
		if (errno != EINTR)
			return err_errno(errno, "cannot lock '%s'", path);
	}
	if (!stat(path, &now) && mine.st_ino == now.st_ino && mine.st_dev == now.st_dev)
		*out = take_fd(fd);
	return NULL;
}

static struct err *open_lock(const char *store, const char *key, int *fd)
{
	_cleanup_free_ char *path = xasprintf("%s/" LOCK_PREFIX "%s", store, key);
	struct err *err = dir_create(store);

	*fd = -1;
	if (err)
		return err;
	*fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
	return *fd < 0 ? err_errno(errno, "cannot create '%s'", path) : NULL;
}

struct err *store_lock(const char *store, const char *key, const struct progress *say, int *out)
{
	_cleanup_close_ int fd = -1;
	struct err *err = open_lock(store, key, &fd);

	*out = -1;
	if (err)
		return err;
	if (flock(fd, LOCK_EX | LOCK_NB)) {
		progress_line(say, "waiting for another daxrig that makes '%s/%s'", store, key);
		while (flock(fd, LOCK_EX))
			if (errno != EINTR)
				return err_errno(errno, "cannot lock '%s/%s'", store, key);
	}
	*out = take_fd(fd);
	return NULL;
}

struct err *store_try_lock(const char *store, const char *key, const char *why, int *out)
{
	_cleanup_close_ int fd = -1;
	struct err *err = open_lock(store, key, &fd);

	*out = -1;
	if (!err && flock(fd, LOCK_EX | LOCK_NB))
		err = err_create(ERR_USAGE, "%s", why);
	if (!err)
		*out = take_fd(fd);
	return err;
}

bool store_has(const char *store, const char *key)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", store, key);
	struct stat st;

	return !lstat(path, &st) && S_ISDIR(st.st_mode);
}

struct err *store_list(const char *store, struct store_keys *out)
{
	struct dirent **names = NULL;
	int n = scandir(store, &names, NULL, alphasort);

	*out = (struct store_keys){ NULL, 0 };
	if (n < 0 && errno != ENOENT)
		return err_errno(errno, "cannot read folder '%s'", store);
	for (int i = 0; i < n; i++) {
		if (names[i]->d_name[0] != '.' && store_has(store, names[i]->d_name)) {
			out->v = xrealloc(out->v, out->n + 1, sizeof(*out->v));
			out->v[out->n++] = xstrdup(names[i]->d_name);
		}
		free(names[i]);
	}
	free(names);
	return NULL;
}

void store_keys_deinit(struct store_keys *keys)
{
	for (size_t i = 0; i < keys->n; i++)
		free(keys->v[i]);
	free(keys->v);
}

static char *answer_path(const char *store, const char *spec)
{
	return xasprintf("%s/" ANSWER_PREFIX "%s", store, spec);
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
	/* The answer becomes a folder's name. */
	if (!text.len || text.data[0] == '.' || strpbrk(text.data, "/\n"))
		return;
	*answer = buf_take(&text);
	*fresh = st.st_mtime <= now + 60 && now - st.st_mtime < ANSWER_AGE;
}

/* Removes all stored specs that meant @answer. */
static void forget(const char *store, const char *answer)
{
	DIR *dir = opendir(store);
	struct dirent *e;

	while (dir && (e = readdir(dir))) {
		const char *spec = e->d_name + strlen(ANSWER_PREFIX);
		_cleanup_free_ char *its = NULL;
		bool fresh;

		if (strncmp(e->d_name, ANSWER_PREFIX, strlen(ANSWER_PREFIX)))
			continue;
		store_recall(store, spec, &its, &fresh);
		if (its && !strcmp(its, answer))
			unlinkat(dirfd(dir), e->d_name, 0);
	}
	if (dir)
		closedir(dir);
}

struct err *store_remove(const char *store, const char *key)
{
	_cleanup_free_ char *from = xasprintf("%s/%s", store, key);
	_cleanup_free_ char *to = xasprintf("%s/" TMP_PREFIX "%d-%s", store, getpid(), key);
	_cleanup_close_ int fd = open(from, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return err_create(ERR_USAGE, "cannot remove '%s': %s", from, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB))
		return err_create(ERR_USAGE, "cannot remove '%s': a running daxrig uses it", from);
	/* Rename it first, so that a partly removed folder does not look like a kernel. */
	if (rename(from, to))
		return err_errno(errno, "cannot rename '%s' to '%s'", from, to);
	forget(store, key);
	return tree_remove(to);
}

struct err *store_room(const char *dir, uint64_t wanted)
{
	struct statvfs st;
	struct err *err = dir_create(dir);
	uint64_t left;

	if (err)
		return err;
	if (statvfs(dir, &st))
		return err_errno(errno, "cannot look at '%s'", dir);
	left = (uint64_t)st.f_bavail * st.f_frsize;
	if (left >= wanted)
		return NULL;
	return err_create(ERR_INFRA,
			  "no room for a kernel in '%s': %llu MiB free, %llu needed; "
			  "set DAXRIG_DATA to a folder with more room",
			  dir, (unsigned long long)(left >> 20),
			  (unsigned long long)(wanted >> 20));
}
