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
 * Opens the regular file @path, or standard input, for reading into *@fd, which the caller
 * closes, also after an error. A FIFO or a device is ERR_USAGE: reading it might never end.
 */
struct err *file_open(const char *path, int *fd) __must_check;

/* Appends all of @path, opened by file_open(), to @out; more than @max bytes are an error. */
struct err *file_read(const char *path, size_t max, struct buf *out) __must_check;

/* The same for the open file @fd, from its current offset; @path is for messages. */
struct err *file_read_fd(int fd, const char *path, size_t max, struct buf *out) __must_check;

/* Writes @path through a temporary file beside it and rename(): all of it or nothing. */
struct err *file_write_atomic(const char *path, const void *data, size_t len) __must_check;

/* Copies the bytes of @from to the new file @to, mode 0644. */
struct err *file_copy(const char *from, const char *to) __must_check;

/* Writes into an existing file (sysfs, procfs). Returns 0 or -errno. */
int file_poke(const char *path, const char *text);

/* mkdir -p, mode 0755. */
struct err *dir_create(const char *path) __must_check;

/*
 * rm -rf of @path. Never follows a link or enters another filesystem, even if others move
 * files meanwhile. A missing @path is fine.
 */
struct err *tree_remove(const char *path) __must_check;

/*
 * Removes everything in the open folder @dir in the same way, but does not enter folders of
 * another user than @dir's. Returns 0 or the first -errno; an error does not stop it.
 */
int tree_empty(int dir) __must_check;

/* Bytes in the files below @path; unreadable folders are left out. */
uint64_t tree_size(const char *path);

bool path_exists(const char *path);

#endif
