/* SPDX-License-Identifier: GPL-2.0-only */
/* What /proc says about a process of the host. */
#ifndef RIG_PROC_H
#define RIG_PROC_H

#include <sys/types.h>

#include "base/util.h"

struct proc_stat {
	char state; /* 'R', 'S', 'Z', ... */
	pid_t parent;
	pid_t session;
	uint64_t start; /* clock ticks since the host's boot */
};

/* Parses the line of /proc/PID/stat; false when @line is not one. Pure. */
bool proc_stat_parse(const char *line, struct proc_stat *out);

/* Returns false when no process @pid exists. */
bool proc_stat_read(pid_t pid, struct proc_stat *out);

/*
 * The longest time, in ns, that a thread of @pid has spent runnable but waiting for a processor
 * since it began (/proc/PID/task/TID/schedstat); 0 when @pid is gone or the host has no such file.
 */
uint64_t proc_run_delay(pid_t pid);

/* Calls @fn for every process of the host. */
void proc_for_each(void (*fn)(pid_t pid, void *arg), void *arg);

/*
 * True when @pid is a process of this user, its program is a qemu-system-something, and
 * one of its arguments names a path below the folder @folder.
 */
bool proc_is_qemu_of(pid_t pid, const char *folder);

#endif
