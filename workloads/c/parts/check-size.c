/* SPDX-License-Identifier: GPL-2.0-only */
#include "report.c"
#include <sys/stat.h>

static void check_size(const char *name, int fd, long size)
{
	struct stat st;

	if (fstat(fd, &st))
		die(name);
	if (st.st_size != size)
		fail("'%s' has size %lld, not %ld", name, (long long)st.st_size, size);
}
