/* SPDX-License-Identifier: GPL-2.0-only */
#include "report.c"
#include <fcntl.h>
#include <unistd.h>

static void sync_all(void)
{
	int fd = open(".", O_RDONLY | O_DIRECTORY);

	if (fd < 0 || syncfs(fd))
		fail("syncfs: %s", strerror(errno));
	close(fd);
}
