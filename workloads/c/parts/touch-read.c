/* SPDX-License-Identifier: GPL-2.0-only */
#include "load.c"
#include "report.c"

static void touch_read(const char *map, const char *at, long len)
{
	if (load(at, len))
		fail("a load through mapping '%s' got SIGBUS", map);
}
