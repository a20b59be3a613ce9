/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/files.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#define COPY_CHUNK (1u << 20)

struct err *file_read(const char *path, size_t max, struct buf *out)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_errno(errno, "cannot open '%s'", path);
	return file_read_fd(fd, path, max, out);
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

static int remove_entry(const char *path, const struct stat *st, int type,
			struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

struct err *tree_remove(const char *path)
{
	if (nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS) && errno != ENOENT)
		return err_errno(errno, "cannot remove '%s'", path);
	return NULL;
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
