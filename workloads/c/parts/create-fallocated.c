/* SPDX-License-Identifier: GPL-2.0-only */
#include "create.c"

static int create_fallocated(const char *name, long size)
{
	int fd = create(name);

	if (fallocate(fd, 0, 0, size))
		die(name);
	return fd;
}
