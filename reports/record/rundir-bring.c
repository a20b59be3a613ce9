/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "reports/record/rundir.h"

struct err *rundir_bring(const char *from, const char *to)
{
	/* a FIFO must not hold us up */
	_cleanup_close_ int fd = open(from, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	_cleanup_free_ char *opened = NULL;
	struct stat st;

	if (fd < 0 && (errno == ELOOP || errno == ENXIO))
		return NULL;
	if (fd < 0 || fstat(fd, &st))
		return err_errno(errno, "cannot open '%s'", from);
	if (!S_ISREG(st.st_mode))
		return NULL;
	if (st.st_size > (off_t)RUNDIR_BRING_MAX)
		return err_create(ERR_INFRA, "'%s' is larger than %zu MiB", from,
				  RUNDIR_BRING_MAX >> 20);
	/* the file that was looked at, whatever has its name now */
	opened = xasprintf("/proc/self/fd/%d", fd);
	if (st.st_uid == geteuid() && !linkat(AT_FDCWD, opened, AT_FDCWD, to, AT_SYMLINK_FOLLOW))
		return NULL;
	return file_copy(opened, to);
}
