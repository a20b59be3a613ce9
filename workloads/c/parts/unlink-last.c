/* SPDX-License-Identifier: GPL-2.0-only */
#include <unistd.h>

/* Unlinks a file and closes its last descriptor. */
static long unlink_last(const char *name, int fd)
{
	return unlink(name) || close(fd) ? -1 : 0;
}
