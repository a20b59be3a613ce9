/* SPDX-License-Identifier: GPL-2.0-only */
/* The processes that descend from this one. */
#ifndef BASE_PROCS_H
#define BASE_PROCS_H

#include <sys/types.h>

#include "base/buf.h"

/* Reaps dead children. If @pid is among them, sets *@status and returns true. */
bool procs_reap(pid_t pid, int *status);

/*
 * Sends SIGKILL to all descendants, repeatedly, until none is left or @timeout_ms
 * have passed. The caller is PID 1 or a child subreaper, and blocks SIGCHLD. Returns how many
 * are left, and adds a line
 * with name and state of each to @log.
 */
size_t procs_kill(int timeout_ms, struct buf *log);

#endif
