/* SPDX-License-Identifier: GPL-2.0-only */
/* The files that the host brings for a case. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "guests/agent/agent.h"

/* The bytes of a file that is used, such as a library, must not change under its user. */
static int begin_file(const char *path, mode_t mode)
{
	_cleanup_free_ char *dir = xstrndup(path, (size_t)(strrchr(path, '/') - path));
	struct err *err = *dir ? dir_create(dir) : NULL;
	int fd;

	err_free(err);
	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0)
		fchmod(fd, mode & 07777);
	return fd;
}

/* What the guest has under that name stays. */
static int make_link(const char *path, const struct msg_field *to)
{
	_cleanup_free_ char *target = msg_str(to, PATH_MAX);

	return symlink(target, path) && errno != EEXIST ? -1 : 0;
}

/* 0, or -1 with errno. */
static int take(const char *path, const struct msg_field *text, const struct msg_field *mode)
{
	_cleanup_close_ int fd = -1;
	ssize_t n;

	if (mode && msg_u64(mode) == S_IFLNK)
		return make_link(path, text);
	fd = mode ? begin_file(path, (mode_t)msg_u64(mode)) :
		    open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	n = fd < 0 ? -1 : write(fd, text->data, text->len);
	if (n >= 0 && n != (ssize_t)text->len)
		errno = ENOSPC;
	return n == (ssize_t)text->len ? 0 : -1;
}

bool files_take(const uint8_t *payload, size_t len, char *why, size_t size)
{
	struct msg_field name, text, mode;
	bool begins = msg_find(payload, len, TAG_MODE, &mode);
	_cleanup_free_ char *path = NULL;

	if (!msg_find(payload, len, TAG_NAME, &name) || !msg_find(payload, len, TAG_TEXT, &text) ||
	    !name.len || *name.data != '/') {
		snprintf(why, size, "the host sent a malformed file");
		return false;
	}
	path = msg_str(&name, PATH_MAX);
	if (!take(path, &text, begins ? &mode : NULL))
		return true;
	snprintf(why, size, "cannot write '%s': %s", path, strerror(errno));
	return false;
}
