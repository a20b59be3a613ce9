/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#define COPY_CHUNK (1u << 20)

bool path_is_stdin(const char *path)
{
	return strcmp(path, "-") == 0;
}

struct err *file_open(const char *path, int *fd)
{
	bool input = path_is_stdin(path);
	struct stat st;

	/* opening a FIFO without a writer would block */
	*fd = input ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) :
		      open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (*fd < 0 || fstat(*fd, &st))
		return err_errno(errno, "cannot open '%s'", path);
	if (input || S_ISREG(st.st_mode))
		return NULL;
	return err_create(ERR_USAGE, "cannot read '%s': not a regular file", path);
}

struct err *file_read_fd(int fd, const char *path, size_t max, struct buf *out)
{
	char chunk[65536];
	ssize_t n;

	while ((n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(errno, "cannot read '%s'", path);
		if ((size_t)n > max - MIN(max, out->len))
			return err_create(ERR_INFRA, "cannot read '%s': larger than %zu bytes",
					  path, max);
		buf_add(out, chunk, (size_t)n);
	}
	return NULL;
}

struct err *file_read(const char *path, size_t max, struct buf *out)
{
	_cleanup_close_ int fd = -1;
	struct err *err = file_open(path, &fd);

	return err ? err : file_read_fd(fd, path, max, out);
}

static int write_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

struct err *file_write_atomic(const char *path, const void *data, size_t len)
{
	_cleanup_free_ char *tmp = xasprintf("%s.XXXXXX", path);
	_cleanup_close_ int fd = mkostemp(tmp, O_CLOEXEC);
	int ret;

	if (fd < 0)
		return err_errno(errno, "cannot create '%s'", path);
	ret = write_all(fd, data, len);
	if (!ret && fchmod(fd, 0644))
		ret = -errno;
	if (!ret && rename(tmp, path))
		ret = -errno;
	if (!ret)
		return NULL;
	unlink(tmp);
	return err_errno(-ret, "cannot write '%s'", path);
}

int file_poke(const char *path, const char *text)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	return write_all(fd, text, strlen(text));
}

struct err *dir_create(const char *path)
{
	_cleanup_free_ char *p = xstrdup(path);

	for (char *s = p + 1; *s; s++) {
		if (*s != '/')
			continue;
		*s = '\0';
		if (mkdir(p, 0755) && errno != EEXIST)
			return err_errno(errno, "cannot create folder '%s'", p);
		*s = '/';
	}
	if (mkdir(p, 0755) && errno != EEXIST)
		return err_errno(errno, "cannot create folder '%s'", p);
	return NULL;
}

static int empty(int fd, const struct stat *top, bool own);

/*
 * unlink() itself finds out whether the entry is a folder: a separate check could race. @top
 * is the folder where the removal began; NULL: this is the one.
 */
static int remove_entry(int dir, const char *name, const struct stat *top, bool own)
{
	struct stat st;
	int fd, ret;

	if (!unlinkat(dir, name, 0) || errno == ENOENT)
		return 0;
	ret = -errno;
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : errno == ENOTDIR || errno == ELOOP ? ret : -errno;
	ret = fstat(fd, &st) ? -errno : 0;
	if (!ret && top && st.st_dev != top->st_dev)
		ret = -EXDEV;
	if (!ret && top && own && st.st_uid != top->st_uid)
		ret = -EPERM;
	if (ret) {
		close(fd);
		return ret;
	}
	ret = empty(fd, top ? top : &st, own);
	if (!ret && unlinkat(dir, name, AT_REMOVEDIR) && errno != ENOENT)
		ret = -errno;
	return ret;
}

/* Takes @fd. Skips what cannot be removed, and returns the first error. */
static int empty(int fd, const struct stat *top, bool own)
{
	DIR *dir = fdopendir(fd);
	struct dirent *e;
	int ret = 0, failed;

	if (!dir) {
		ret = -errno;
		close(fd);
		return ret;
	}
	while ((e = readdir(dir))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		failed = remove_entry(dirfd(dir), e->d_name, top, own);
		ret = ret ? ret : failed;
	}
	closedir(dir);
	return ret;
}

int tree_empty(int dir)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st)) {
		int ret = -errno;

		close_fd(&fd);
		return ret;
	}
	return empty(fd, &st, true);
}

struct err *tree_remove(const char *path)
{
	int ret = remove_entry(AT_FDCWD, path, NULL, false);

	return ret ? err_errno(-ret, "cannot remove '%s'", path) : NULL;
}

static __thread uint64_t counted;

static int count_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)path;
	(void)ftw;
	counted += type == FTW_F ? (uint64_t)st->st_size : 0;
	return 0;
}

uint64_t tree_size(const char *path)
{
	counted = 0;
	nftw(path, count_entry, 16, FTW_PHYS);
	return counted;
}

bool path_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

struct err *file_copy(const char *from, const char *to)
{
	_cleanup_close_ int in = open(from, O_RDONLY | O_CLOEXEC);
	_cleanup_close_ int out = -1;
	ssize_t n;

	if (in < 0)
		return err_errno(errno, "cannot open '%s'", from);
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (out < 0)
		return err_errno(errno, "cannot create '%s'", to);
	while ((n = sendfile(out, in, NULL, COPY_CHUNK)) != 0)
		if (n < 0 && errno != EINTR)
			return err_errno(errno, "cannot copy '%s' to '%s'", from, to);
	return NULL;
}
