/* SPDX-License-Identifier: GPL-2.0-only */
#include "bytes.c"
#include "create.c"
#include "write-all.c"

/* Writes a file until the filesystem is full; its size goes to *@size. */
static int create_rest(const char *name, long *size, struct bytes b)
{
	int fd = create(name);
	ssize_t n;

	for (*size = 0;; *size += n) {
		char *data;

		b.at = *size;
		data = make_bytes(b, M);
		n = pwrite(fd, data, M, *size);
		free(data);
		if (n <= 0)
			break;
	}
	if (errno != ENOSPC || !*size)
		die(name);
	return fd;
}
