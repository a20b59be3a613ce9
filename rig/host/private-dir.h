/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Folders and files that no other user can have made, changed or put in the place of
 * ours. Root is trusted, and so is a folder that others can write when it is sticky (as
 * /tmp). Links on the way are followed when they are root's or ours. What is not as
 * asked for is ERR_INFRA with the name of what is wrong.
 */
#ifndef RIG_PRIVATE_H
#define RIG_PRIVATE_H

#include "base/err.h"

/*
 * Opens the folder @path, made with its parents (mode 0700) when it is missing: no link,
 * ours, written by nobody else, and in a place where no other user can exchange it.
 * The caller closes *@fd.
 */
struct err *private_open(const char *path, int *fd) __must_check;

/*
 * The same of the folder @name in the open folder @dir, itself a safe place, and shown as
 * @where in messages.
 */
struct err *private_open_at(int dir, const char *where, const char *name, int *fd) __must_check;

/*
 * Opens a regular file, ours, written by nobody else, and with no other name. @flags as
 * for open(2); with O_CREAT its mode is 0600. *@fd is -1 when it is missing.
 */
struct err *private_file_at(int dir, const char *where, const char *name, int flags, int *fd)
	__must_check;

/* Makes the folder @name, mode 0700, which must not be there, in @dir, and opens it. */
struct err *private_create_at(int dir, const char *where, const char *name, int *fd) __must_check;

/* Opens the folder @path, in which another user cannot exchange what is ours. */
struct err *private_open_place(const char *path, int *fd) __must_check;

/* Opens the folder @path whoever it belongs to, if there is no link on the way. */
struct err *private_open_real(const char *path, int *fd) __must_check;

#endif
