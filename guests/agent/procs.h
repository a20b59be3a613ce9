/* SPDX-License-Identifier: GPL-2.0-only */
/* The processes of a case: everything that descends from the agent. */
#ifndef AGENT_PROCS_H
#define AGENT_PROCS_H

#include <sys/types.h>

#include "base/buf.h"

/* Reaps what is dead; *@status is set and true returned when @pid was among it. */
bool procs_reap(pid_t pid, int *status);

/*
 * SIGKILL to all descendants, again until none is left or @timeout_ms passed.
 * SIGCHLD must be blocked. The number left, each named in @log with its state.
 */
size_t procs_kill(int timeout_ms, struct buf *log);

#endif
