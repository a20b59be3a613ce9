/* SPDX-License-Identifier: GPL-2.0-only */
#include "report.c"
#include <fcntl.h>

static int create(const char *name)
{
	int fd = open(name, O_RDWR | O_CREAT | O_EXCL, 0644);

	if (fd < 0)
		die(name);
	return fd;
}
