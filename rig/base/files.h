/* SPDX-License-Identifier: GPL-2.0-only */
/* Files and folders, for host and guest. */
#ifndef BASE_FILES_H
#define BASE_FILES_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

/* Reads all of @path, at most @max bytes (more is an error), into @out. */
struct err *file_read(const char *path, size_t max, struct buf *out) __must_check;

/* The same of the file open as @fd; @path is for messages. */
struct err *file_read_fd(int fd, const char *path, size_t max, struct buf *out) __must_check;

/* Writes @path by a temporary file beside it and rename: all of it or nothing. */
struct err *file_write_atomic(const char *path, const void *data, size_t len)
	__must_check;

/* Copies the bytes of @from to the new file @to, mode 0644. */
struct err *file_copy(const char *from, const char *to) __must_check;

/* Writes into an existing file (sysfs, procfs). Returns 0 or -errno. */
int file_poke(const char *path, const char *text);

/* mkdir -p, mode 0755. */
struct err *dir_create(const char *path) __must_check;

/* rm -rf of @path without leaving it through links; a missing one is fine. */
struct err *tree_remove(const char *path) __must_check;

/* Bytes in the files below @path, as far as they can be seen. */
uint64_t tree_size(const char *path);

bool path_exists(const char *path);

#endif
