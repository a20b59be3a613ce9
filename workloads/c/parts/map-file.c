/* SPDX-License-Identifier: GPL-2.0-only */
#include "report.c"
#include <sys/mman.h>

/*
 * Maps [off, off + len) of a file: for 2 MiB entries (@big) aligned as the blocks of the file,
 * else not aligned, so that only 4 KiB entries fit.
 */
static char *map_file(const char *name, int fd, long off, long len, int prot, int flags, int big)
{
	long phase = (off + (big ? 0 : 4 * K)) % (2 * M), room = len + 4 * M;
	char *all = mmap(NULL, room, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	char *at, *p;

	if (all == MAP_FAILED)
		die("mmap");
	at = all + (phase + 2 * M - (long)all % (2 * M)) % (2 * M);
	munmap(all, at - all);
	munmap(at + len, all + room - (at + len));
	p = mmap(at, len, prot, MAP_FIXED | flags, fd, off);
	if (p == MAP_FAILED && errno == EOPNOTSUPP && (flags & MAP_SYNC))
		skip("the device has no synchronous mapping");
	if (p == MAP_FAILED)
		die(name);
	return p;
}
