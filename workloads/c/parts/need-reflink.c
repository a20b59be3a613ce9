/* SPDX-License-Identifier: GPL-2.0-only */
#include "create.c"
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void need_reflink(void)
{
	int from = create("from"), to = create("to");

	if (ioctl(to, FICLONE, from))
		skip("the filesystem has no reflink");
	close(from);
	close(to);
	unlink("from");
	unlink("to");
}
