/* SPDX-License-Identifier: GPL-2.0-only */
/* Child processes, for host and guest. */
#ifndef BASE_PROGRAM_H
#define BASE_PROGRAM_H

#include "base/buf.h"
#include "base/err.h"

/*
 * From now on run_program() kills its child and fails with ERR_CANCELLED when @fd becomes
 * readable; -1 switches that off.
 */
void run_program_cancel_fd(int fd);

/*
 * Runs argv[0] (found in PATH) with an empty standard input, and waits for it.
 * Standard output and error are both added to @out (NULL: go to our standard error);
 * what exceeds 1 MiB is dropped. After @timeout_ms (0: no limit) the child's
 * process group is killed and the call fails with ERR_TIMEOUT. A child that exits
 * with another status than 0 is an error that quotes the last line it printed.
 */
struct err *run_program(const char *const argv[], int timeout_ms, struct buf *out) __must_check;

/*
 * As run_program(), but calls @take for each non-empty line of the output when it arrives,
 * without its newline, cut to 4 KiB.
 */
struct err *run_program_lines(const char *const argv[], int timeout_ms,
			      void (*take)(void *arg, const char *line), void *arg) __must_check;

#endif
