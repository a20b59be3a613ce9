/* SPDX-License-Identifier: GPL-2.0-only */
#include "create.c"
#include <unistd.h>

static void need_fallocate(int mode, const char *name)
{
	int fd = create("try");

	if (ftruncate(fd, 4 * M) || (fallocate(fd, mode, 0, 2 * M) && errno == EOPNOTSUPP))
		skip(name);
	close(fd);
	unlink("try");
}
