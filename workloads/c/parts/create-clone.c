/* SPDX-License-Identifier: GPL-2.0-only */
#include "create.c"
#include <linux/fs.h>
#include <sys/ioctl.h>

/* A file that shares the first @len bytes of @src; 0: all. */
static int create_clone(const char *name, int src, long len)
{
	struct file_clone_range arg = { .src_fd = src, .src_length = len };
	int fd = create(name);

	if (ioctl(fd, FICLONERANGE, &arg))
		die(name);
	return fd;
}
