/* SPDX-License-Identifier: GPL-2.0-only */
#include "bytes.c"
#include "create.c"
#include "write-all.c"

static int create_written(const char *name, long size, struct bytes b)
{
	char *data = make_bytes(b, size);
	int fd = create(name);

	if (write_all(fd, data, size, 0))
		die(name);
	free(data);
	return fd;
}
