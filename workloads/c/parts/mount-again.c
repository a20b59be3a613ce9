/* SPDX-License-Identifier: GPL-2.0-only */
#include "mounted.c"

/* After an unmount: it can be mounted, and its files are DAX as before. */
static void mount_again(void)
{
	struct statx st;
	int fd;

	if (mount_it())
		die("the filesystem cannot be mounted again");
	fd = open("dax-proof", O_RDWR | O_CREAT, 0644);
	if (fd < 0 || statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &st))
		die("dax-proof");
	close(fd);
	unlink("dax-proof");
	if (!(st.stx_attributes & STATX_ATTR_DAX))
		fail("files are not DAX after an unmount");
}
