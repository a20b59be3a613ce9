/* SPDX-License-Identifier: GPL-2.0-only */
/* Child processes, for host and guest. */
#ifndef BASE_PROGRAM_H
#define BASE_PROGRAM_H

#include "base/buf.h"
#include "base/err.h"

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
struct err *run_program(const char *const argv[], int timeout_ms, struct buf *out) __must_check;

/*
 * As run_program(), but each line of the output that is not empty goes to @take as it
 * comes, without its newline, cut to 4 KiB.
 */
struct err *run_program_lines(const char *const argv[], int timeout_ms,
			      void (*take)(void *arg, const char *line), void *arg) __must_check;

#endif
