/* SPDX-License-Identifier: GPL-2.0-only */
#include "report.c"
#include <unistd.h>

/* 0, or -1 with errno. */
static long write_all(int fd, const char *data, long len, long off)
{
	while (len) {
		ssize_t n = pwrite(fd, data, len, off);

		if (n < 0)
			return -1;
		data += n;
		off += n;
		len -= n;
	}
	return 0;
}
