/* SPDX-License-Identifier: GPL-2.0-only */
#include "compare.c"

/* The bytes that a pin holds, those in [off, off + len). */
static void check_held(const char *name, const char *data, long off, long len, struct bytes want)
{
	char what[64];

	snprintf(what, sizeof(what), "pin '%s'", name);
	compare(what, off, data + off, len, want);
}
