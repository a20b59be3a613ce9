/* SPDX-License-Identifier: GPL-2.0-only */
#include "bytes.c"
#include "guard.c"

static void touch_write(const char *map, char *at, long len, struct bytes b)
{
	char *data = make_bytes(b, len);

	if (copy_guarded(at, data, len))
		fail("a store through mapping '%s' got SIGBUS", map);
	free(data);
}
