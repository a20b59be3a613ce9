/* SPDX-License-Identifier: GPL-2.0-only */
#include "create.c"
#include <unistd.h>

static int create_hole(const char *name, long size)
{
	int fd = create(name);

	if (ftruncate(fd, size))
		die(name);
	return fd;
}
