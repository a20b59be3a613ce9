/* SPDX-License-Identifier: GPL-2.0-only */
#include "create.c"
#include <sys/statvfs.h>
#include <unistd.h>

/* Leaves only so many bytes free, so that a freed block is soon used again. */
static void leave_room(long room)
{
	int fd = create("room");
	struct statvfs st;
	long take;

	if (statvfs(".", &st))
		die("statvfs");
	take = (long)(st.f_bavail * st.f_frsize) - room;
	if (take < 0)
		skip("the filesystem has too little free space");
	while (take > M && fallocate(fd, 0, 0, take))
		take -= take / 64;
	close(fd);
}
