/* SPDX-License-Identifier: GPL-2.0-only */
/* Lists what the template store holds, and removes from it. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/files.h"
#include "base/glob.h"
#include "host/template-store.h"

#define MARK_MAX 16384
/* "making-PID-" and the first digits of the key: see make() in template.c. */
#define MAKING "making-%*d-%16[0-9a-f]%n"

static void measure(struct template_entry *e)
{
	DIR *dir = opendir(e->folder);
	struct dirent *d;
	struct stat st;

	while (dir && (d = readdir(dir)))
		if (!fstatat(dirfd(dir), d->d_name, &st, AT_SYMLINK_NOFOLLOW) &&
		    S_ISREG(st.st_mode))
			e->bytes += (uint64_t)st.st_blocks * 512;
	if (dir && !fstatat(dirfd(dir), TEMPLATE_MARK, &st, AT_SYMLINK_NOFOLLOW))
		e->used = st.st_mtim;
	if (dir)
		closedir(dir);
}

/* Reads the name of the kernel, which finish() in template.c noted. */
static char *read_kernel(const char *folder)
{
	static const char note[] = "\nnote kernel ";
	_cleanup_free_ char *path = xasprintf("%s/" TEMPLATE_MARK, folder);
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_err_ struct err *err = file_read(path, MARK_MAX, &text);
	struct template_mark m;
	const char *at;

	if (err || !template_mark_parse(buf_str(&text), &m))
		return NULL;
	at = strstr(buf_str(&text), note);
	if (!at)
		return NULL;
	at += strlen(note);
	return xstrndup(at, strcspn(at, "\n"));
}

/* The lock of the template that a half-made folder belongs to; @key is a part of its key. */
static char *find_lock(const char *store, const char *key)
{
	DIR *dir = opendir(store);
	char *found = NULL;
	struct dirent *d;

	while (dir && !found && (d = readdir(dir))) {
		_cleanup_free_ char *glob = xasprintf("%s*.lock", key);

		if (glob_match(glob, d->d_name))
			found = xasprintf("%s/%s", store, d->d_name);
	}
	if (dir)
		closedir(dir);
	return found;
}

static bool is_held(const char *lock)
{
	_cleanup_close_ int fd = open(lock, O_RDONLY | O_CLOEXEC);

	return fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0;
}

static bool read_entry(const char *store, const char *name, struct template_entry *e)
{
	char key[SHA256_HEX];
	int end = 0;

	*e = (struct template_entry){ 0 };
	if (template_is_key(name))
		e->lock = xasprintf("%s/%s.lock", store, name);
	else if (sscanf(name, MAKING, key, &end) == 1 && end && !name[end])
		e->lock = find_lock(store, key);
	else
		return false;
	e->folder = xasprintf("%s/%s", store, name);
	e->busy = e->lock && is_held(e->lock);
	if (template_is_key(name))
		e->kernel = read_kernel(e->folder);
	measure(e);
	return true;
}

static int older(const void *a, const void *b)
{
	const struct timespec *x = &((const struct template_entry *)a)->used;
	const struct timespec *y = &((const struct template_entry *)b)->used;

	if (x->tv_sec != y->tv_sec)
		return x->tv_sec < y->tv_sec ? -1 : 1;
	return x->tv_nsec < y->tv_nsec ? -1 : x->tv_nsec > y->tv_nsec;
}

size_t template_list(const char *store, struct template_entry **out)
{
	DIR *dir = opendir(store);
	struct template_entry e;
	struct dirent *d;
	size_t n = 0;

	*out = NULL;
	while (dir && (d = readdir(dir))) {
		if (!read_entry(store, d->d_name, &e))
			continue;
		*out = xrealloc(*out, n + 1, sizeof(e));
		(*out)[n++] = e;
	}
	if (dir)
		closedir(dir);
	if (n)
		qsort(*out, n, sizeof(e), older);
	return n;
}

void template_list_free(struct template_entry *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(v[i].folder);
		free(v[i].lock);
		free(v[i].kernel);
	}
	free(v);
}

bool template_remove(const struct template_entry *e)
{
	_cleanup_err_ struct err *err = NULL;
	_cleanup_close_ int fd = -1;

	if (e->lock)
		err = template_lock(e->lock, true, 0, -1, &fd);
	if (!err)
		err = tree_remove(e->folder);
	if (!err && e->lock)
		unlink(e->lock);
	return !err;
}

static bool has_room(const char *store, uint64_t need)
{
	struct statvfs st;

	return !statvfs(store, &st) && (uint64_t)st.f_bavail * st.f_frsize >= need;
}

bool template_make_room(const char *store, uint64_t need)
{
	struct template_entry *v;
	size_t n;

	if (has_room(store, need))
		return true;
	n = template_list(store, &v);
	for (size_t i = 0; i < n && !has_room(store, need); i++)
		(void)template_remove(&v[i]);
	template_list_free(v, n);
	return has_room(store, need);
}

/* A process that waits for the lock, or has just opened it, sees the unlink and makes a new one. */
static void sweep_lock(const char *store, const char *key)
{
	_cleanup_free_ char *folder = xasprintf("%s/%s", store, key);
	_cleanup_free_ char *lock = xasprintf("%s.lock", folder);
	_cleanup_err_ struct err *busy = NULL;
	_cleanup_close_ int fd = -1;

	if (path_exists(folder))
		return;
	busy = template_lock(lock, true, 0, -1, &fd);
	if (!busy && !path_exists(folder))
		unlink(lock);
}

void template_sweep_locks(const char *store)
{
	DIR *dir = opendir(store);
	struct dirent *d;

	while (dir && (d = readdir(dir))) {
		_cleanup_free_ char *key = xstrndup(d->d_name, SHA256_HEX - 1);

		if (template_is_key(key) && !strcmp(d->d_name + SHA256_HEX - 1, ".lock"))
			sweep_lock(store, key);
	}
	if (dir)
		closedir(dir);
}

void template_trim(const char *store, uint64_t max)
{
	struct template_entry *v;
	size_t n = template_list(store, &v);
	uint64_t total = 0;

	for (size_t i = 0; i < n; i++)
		total += v[i].bytes;
	for (size_t i = 0; i < n; i++)
		if (total > max && template_remove(&v[i]))
			total -= v[i].bytes;
	template_list_free(v, n);
	template_sweep_locks(store);
}
