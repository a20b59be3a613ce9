/* SPDX-License-Identifier: GPL-2.0-only */
#include "guard.c"
#include "report.c"

/* Beyond the last page of the file every load gets SIGBUS. */
static void check_past_end(const char *name, const char *map, long off, long len)
{
	char byte;

	for (long end = off + len; off < end; off += 4096)
		if (!copy_guarded(&byte, map + off, 1)) {
			fail("mapping '%s' offset %#lx, beyond the end of the file, can be read",
			     name, off);
			return;
		}
}
