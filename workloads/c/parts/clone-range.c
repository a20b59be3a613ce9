/* SPDX-License-Identifier: GPL-2.0-only */
#include <linux/fs.h>
#include <sys/ioctl.h>

static long clone_range(int src, long off, long len, int dst, long to)
{
	struct file_clone_range arg = {
		.src_fd = src, .src_offset = off, .src_length = len, .dest_offset = to
	};

	return ioctl(dst, FICLONERANGE, &arg);
}
