/* SPDX-License-Identifier: GPL-2.0-only */
#include "report.c"
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

/* Maps [off, off + len) of a device-DAX node, aligned to 2 MiB as its pages may be. */
static char *map_devdax(long off, long len, int prot, int flags)
{
	const char *path = getenv("DAX_DEVICE") ? getenv("DAX_DEVICE") : "/dev/dax0.0";
	int fd = open(path, O_RDWR | O_CLOEXEC);
	char *all, *at, *p;

	if (fd < 0)
		skip("no device-DAX node: DAX_DEVICE must name one, as /dev/dax0.0");
	all = mmap(NULL, len + 2 * M, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
		   0);
	if (all == MAP_FAILED)
		die("mmap");
	at = all + (2 * M - (long)all % (2 * M)) % (2 * M);
	p = mmap(at, len, prot, MAP_FIXED | flags, fd, off);
	if (p == MAP_FAILED)
		die(path);
	close(fd);
	return p;
}
