/* SPDX-License-Identifier: GPL-2.0-only */
/* The images in CACHE/images, and their locks. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "guests/image/image.h"
#include "guests/image/image-note.h"
#include "guests/archive/sha256.h"

#define MEMO_SUFFIX ".memo"

struct err *image_hold(const char *path, int *out)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat mine, now;

	*out = -1;
	if (fd < 0 && errno == ENOENT)
		return NULL;
	/* A remover holds the exclusive lock, for a short time only. */
	while (fd >= 0 && flock(fd, LOCK_SH) && errno == EINTR)
		;
	if (fd < 0 || fstat(fd, &mine))
		return err_errno(errno, "cannot open '%s'", path);
	if (!stat(path, &now) && mine.st_ino == now.st_ino && mine.st_dev == now.st_dev)
		*out = take_fd(fd);
	return NULL;
}

static char *find_kernel(const char *dir, const char *key)
{
	DIR *d = opendir(dir);
	char *found = NULL;
	struct dirent *e;

	while (d && !found && (e = readdir(d))) {
		_cleanup_free_ char *path = xasprintf("%s/%s", dir, e->d_name);
		char its[SHA256_HEX];

		if (str_ends(path, MEMO_SUFFIX) && image_memo_read(path, NULL, its) &&
		    !strcmp(its, key))
			found = xstrndup(e->d_name, strlen(e->d_name) - strlen(MEMO_SUFFIX));
	}
	if (d)
		closedir(d);
	return found;
}

static bool is_held(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0;
}

/* A complete image is KEY.img; one being written is KEY.img.tmp-PID. */
static bool read_entry(const char *dir, const char *name, struct image_entry *e)
{
	size_t n = strspn(name, "0123456789abcdef");
	_cleanup_free_ char *key = xstrndup(name, n);
	struct stat st;

	*e = (struct image_entry){ 0 };
	if (n != SHA256_HEX - 1 || strncmp(name + n, IMAGE_SUFFIX, 4) ||
	    (name[n + 4] && strncmp(name + n + 4, ".tmp-", 5)))
		return false;
	e->path = xasprintf("%s/%s", dir, name);
	if (lstat(e->path, &st) || !S_ISREG(st.st_mode)) {
		free(e->path);
		return false;
	}
	e->bytes = (uint64_t)st.st_blocks * 512;
	e->used = st.st_mtim;
	if (!name[n + 4]) {
		e->kernel = find_kernel(dir, key);
		e->busy = is_held(e->path);
	} else {
		/* writing one takes seconds: somebody may be writing it now */
		e->busy = time(NULL) - st.st_mtime < 600;
	}
	return true;
}

static int older(const void *a, const void *b)
{
	const struct timespec *x = &((const struct image_entry *)a)->used;
	const struct timespec *y = &((const struct image_entry *)b)->used;

	if (x->tv_sec != y->tv_sec)
		return x->tv_sec < y->tv_sec ? -1 : 1;
	return x->tv_nsec < y->tv_nsec ? -1 : x->tv_nsec > y->tv_nsec;
}

size_t image_list(const char *cache_dir, struct image_entry **out)
{
	_cleanup_free_ char *dir = xasprintf("%s/images", cache_dir);
	DIR *d = opendir(dir);
	struct image_entry e;
	struct dirent *entry;
	size_t n = 0;

	*out = NULL;
	while (d && (entry = readdir(d))) {
		if (!read_entry(dir, entry->d_name, &e))
			continue;
		*out = xrealloc(*out, n + 1, sizeof(e));
		(*out)[n++] = e;
	}
	if (d)
		closedir(d);
	if (n)
		qsort(*out, n, sizeof(e), older);
	return n;
}

void image_list_free(struct image_entry *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(v[i].path);
		free(v[i].kernel);
	}
	free(v);
}

bool image_remove(const struct image_entry *e)
{
	_cleanup_close_ int fd = open(e->path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT;
	if (e->busy || flock(fd, LOCK_EX | LOCK_NB) || unlink(e->path))
		return false;
	if (str_ends(e->path, IMAGE_SUFFIX)) {
		_cleanup_free_ char *note = image_note_path(e->path);

		unlink(note);
	}
	return true;
}

/* A memo is written before its image: removing it does not disturb whoever writes that image. */
void image_sweep(const char *cache_dir)
{
	_cleanup_free_ char *dir = xasprintf("%s/images", cache_dir);
	DIR *d = opendir(dir);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		_cleanup_free_ char *memo = xasprintf("%s/%s", dir, e->d_name), *image = NULL;
		char key[SHA256_HEX] = "";

		if (!str_ends(memo, MEMO_SUFFIX))
			continue;
		if (image_memo_read(memo, NULL, key))
			image = xasprintf("%s/%s" IMAGE_SUFFIX, dir, key);
		if (!image || !path_exists(image))
			unlink(memo);
	}
	if (d)
		closedir(d);
}
