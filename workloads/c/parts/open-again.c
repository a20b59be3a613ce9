/* SPDX-License-Identifier: GPL-2.0-only */
#include "report.c"
#include <fcntl.h>

static int open_again(const char *name)
{
	int fd = open(name, O_RDWR);

	if (fd < 0)
		die(name);
	return fd;
}
