/* SPDX-License-Identifier: GPL-2.0-only */
/* Files and folders, for host and guest. */
#ifndef BASE_FILES_H
#define BASE_FILES_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

/* "-" is standard input. */
bool path_is_stdin(const char *path);

/*
 * Opens the regular file @path, or standard input, for reading into *@fd, which is the
 * caller's to close, also after an error. What a FIFO or a device has to say may never
 * come: ERR_USAGE.
 */
struct err *file_open(const char *path, int *fd) __must_check;

/* Reads all of @path, as file_open() takes it, at most @max bytes (more is an error), into
   @out. */
struct err *file_read(const char *path, size_t max, struct buf *out) __must_check;

/* The same of the open file @fd, called @path in messages, from where it stands. */
struct err *file_read_fd(int fd, const char *path, size_t max, struct buf *out) __must_check;

/* Writes @path by a temporary file beside it and rename: all of it or nothing. */
struct err *file_write_atomic(const char *path, const void *data, size_t len) __must_check;

/* Copies the bytes of @from to the new file @to, mode 0644. */
struct err *file_copy(const char *from, const char *to) __must_check;

/* Writes into an existing file (sysfs, procfs). Returns 0 or -errno. */
int file_poke(const char *path, const char *text);

/* mkdir -p, mode 0755. */
struct err *dir_create(const char *path) __must_check;

/*
 * rm -rf of @path without leaving it through links or into another filesystem, whoever
 * moves things meanwhile; a missing one is fine.
 */
struct err *tree_remove(const char *path) __must_check;

/*
 * Removes all in the open folder @dir in the same manner; folders in it that belong to
 * another user than @dir does are not entered. 0, or the first -errno: the rest is
 * removed all the same.
 */
int tree_empty(int dir) __must_check;

/* Bytes in the files below @path, as far as they can be seen. */
uint64_t tree_size(const char *path);

bool path_exists(const char *path);

#endif
