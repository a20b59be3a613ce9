/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Opens folders and files that no other user can have made, changed or replaced. Root is
 * trusted, and so is a folder that others can write when it is sticky (as /tmp). A symbolic
 * link on the way is followed when root or this user owns it. A path that fails these checks
 * is ERR_INFRA, and the message names the part that is wrong.
 */
#ifndef RIG_PRIVATE_H
#define RIG_PRIVATE_H

#include "base/err.h"

/*
 * Opens the folder @path; makes it and its parents (mode 0700) when missing. It must not be a
 * symbolic link, must be ours, must not be writable by others, and no other user may be able
 * to replace it. The caller closes *@fd.
 */
struct err *private_open(const char *path, int *fd) __must_check;

/*
 * The same for the folder @name in the open folder @dir, which must be safe itself; messages
 * show @dir as @where.
 */
struct err *private_open_at(int dir, const char *where, const char *name, int *fd) __must_check;

/*
 * Opens a regular file that is ours, that others cannot write, and that has one hard link.
 * @flags as for open(2); O_CREAT makes it with mode 0600. *@fd is -1 when it is missing.
 */
struct err *private_file_at(int dir, const char *where, const char *name, int flags, int *fd)
	__must_check;

/* Makes the folder @name, mode 0700, in @dir and opens it. It must not exist yet. */
struct err *private_create_at(int dir, const char *where, const char *name, int *fd) __must_check;

/* Opens the folder @path, in which other users cannot replace files of ours. */
struct err *private_open_place(const char *path, int *fd) __must_check;

/* Opens the folder @path, whoever owns it; fails when a symbolic link is on the way. */
struct err *private_open_real(const char *path, int *fd) __must_check;

#endif
