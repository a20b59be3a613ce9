/* SPDX-License-Identifier: GPL-2.0-only */
#include "mounted.c"

/* To be called when all files on it are closed. */
static long unmount(void)
{
	return umount_it();
}

/* The current folder keeps the filesystem in use, too. */
static void leave_folder(void)
{
	if (chdir("/"))
		die("/");
}
