/* SPDX-License-Identifier: GPL-2.0-only */
#include "bytes.c"
#include "write-all.c"

static void write_bytes(const char *name, int fd, long off, long len, struct bytes b)
{
	char *data = make_bytes(b, len);

	if (write_all(fd, data, len, off))
		die(name);
	free(data);
}
