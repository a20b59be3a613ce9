/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The list in the record of one daxrig process: the folders it made or was about to make.
 * Each folder's name contains the record's name, "PID-START", so that no list, whoever
 * wrote it, can name another record's folder. Entries end with a NUL:
 *
 *	planned PATH		written before the folder is made
 *	folder DEV INO PATH	written after that
 */
#ifndef RIG_LEFTOVER_LIST_H
#define RIG_LEFTOVER_LIST_H

#include <sys/stat.h>

#include "base/buf.h"
#include "base/err.h"

/* Is @name the name of a record? Pure. */
bool leftover_is_record(const char *name);

/*
 * Is @path (absolute, without "." and "..") the name of a folder that the daxrig of the
 * record @name makes: daxrig-PID-START or making-PID-KEY? Pure.
 */
bool leftover_is_own(const char *path, const char *name);

/* Adds an entry for @path: "folder" with @st of the folder made, "planned" with NULL. Pure. */
void leftover_list_add(struct buf *list, const char *path, const struct stat *st);

/*
 * Removes the folders in @list, the list of the record @name. Skips a folder that is missing,
 * not ours, or no longer the one the entry describes. Returns the last error of removing.
 */
struct err *leftover_list_remove(const struct buf *list, const char *name) __must_check;

#endif
