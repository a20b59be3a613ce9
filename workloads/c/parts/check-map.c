/* SPDX-License-Identifier: GPL-2.0-only */
#include "compare.c"
#include "guard.c"

/* The mapping at @map shows these bytes in [off, off + len). */
static void check_map(const char *name, const char *map, long off, long len, struct bytes want)
{
	char *data = malloc(len), what[64];

	if (!data)
		die("malloc");
	snprintf(what, sizeof(what), "mapping '%s'", name);
	if (copy_guarded(data, map + off, len))
		fail("a load through %s from offset %#lx on got SIGBUS", what, off);
	else
		compare(what, off, data, len, want);
	free(data);
}
