/* SPDX-License-Identifier: GPL-2.0-only */
#include "compare.c"

/* The file holds these bytes in [off, off + len). */
static void check_file(const char *name, int fd, long off, long len, struct bytes want)
{
	char *data = malloc(len + 1), what[64];
	long done = 0;
	ssize_t n = 1;

	if (!data)
		die("malloc");
	while (done < len && (n = pread(fd, data + done, len - done, off + done)) > 0)
		done += n;
	snprintf(what, sizeof(what), "file '%s'", name);
	if (n < 0)
		fail("read of %s at offset %#lx: %s", what, off + done, strerror(errno));
	else if (done < len)
		fail("%s ends at %#lx, not at %#lx or later", what, off + done, off + len);
	else
		compare(what, off, data, len, want);
	free(data);
}
