/* SPDX-License-Identifier: GPL-2.0-only */
/* Files, folders and child processes, for host and guest. */
#ifndef BASE_FILES_H
#define BASE_FILES_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

/* Reads all of @path, at most @max bytes (more is an error), into @out. */
struct err *file_read(const char *path, size_t max, struct buf *out) __must_check;

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

bool path_exists(const char *path);

/*
 * From now on run_program() ends with ERR_CANCELLED, its child killed, when @fd is
 * readable; -1: no more.
 */
void run_program_cancel_fd(int fd);

/*
 * Runs argv[0] (found in PATH), nothing on its standard input, and waits for it.
 * Standard output and error go to @out together (NULL: to our standard error),
 * bounded to 1 MiB, the rest dropped. @timeout_ms 0 waits for ever; past it the
 * child's process group is killed and the call fails with ERR_TIMEOUT. A child
 * that exits other than 0 is an error that carries the last line it printed.
 */
struct err *run_program(const char *const argv[], int timeout_ms, struct buf *out)
	__must_check;

/*
 * As run_program(), but each line of the output that is not empty goes to @take as it
 * comes, without its newline, cut to 4 KiB.
 */
struct err *run_program_lines(const char *const argv[], int timeout_ms,
			      void (*take)(void *arg, const char *line), void *arg)
	__must_check;

#endif
