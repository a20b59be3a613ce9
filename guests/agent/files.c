/* SPDX-License-Identifier: GPL-2.0-only */
/* The files that the host brings for a case. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
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

void files_take(const uint8_t *payload, size_t len)
{
	struct msg_field name, text, mode;
	bool begins = msg_find(payload, len, TAG_MODE, &mode);
	_cleanup_free_ char *path = NULL;
	_cleanup_close_ int fd = -1;

	if (!msg_find(payload, len, TAG_NAME, &name) || !msg_find(payload, len, TAG_TEXT, &text))
		return;
	path = msg_str(&name, PATH_MAX);
	if (*path != '/')
		return;
	if (begins && msg_u64(&mode) == S_IFLNK) {
		if (make_link(path, &text))
			agent_log("cannot make link '%s': %s", path, strerror(errno));
		return;
	}
	fd = begins ? begin_file(path, (mode_t)msg_u64(&mode)) :
		      open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	if (fd < 0 || write(fd, text.data, text.len) != (ssize_t)text.len)
		agent_log("cannot write '%s': %s", path, strerror(errno));
}
