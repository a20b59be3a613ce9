/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The list in the record of one daxrig: the folders it made, or was about to make. The
 * record's name, "PID-START", is in the name of each, so that no list, whoever wrote it,
 * can name another's. Entries end with a NUL:
 *
 *	planned PATH		written before it is made
 *	folder DEV INO PATH	and after that
 */
#ifndef RIG_LEFTOVER_LIST_H
#define RIG_LEFTOVER_LIST_H

#include <sys/stat.h>

#include "base/buf.h"
#include "base/err.h"

/* Is @name the name of a record? Pure. */
bool leftover_is_record(const char *name);

/*
 * Is @path, absolute and without detours, the name of a folder that the daxrig of the
 * record @name makes: daxrig-PID-START or making-PID-KEY? Pure.
 */
bool leftover_is_own(const char *path, const char *name);

/* Adds the entry of @path; @st is of the folder made, NULL: planned. Pure. */
void leftover_list_add(struct buf *list, const char *path, const struct stat *st);

/*
 * Removes what the @list of the record @name says, as far as it is there, ours, and, once
 * made, still the same; all else is left alone. The last error of removing.
 */
struct err *leftover_list_remove(const struct buf *list, const char *name) __must_check;

#endif
