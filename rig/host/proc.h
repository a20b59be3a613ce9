/* SPDX-License-Identifier: GPL-2.0-only */
/* What /proc says of a process of the host. */
#ifndef RIG_PROC_H
#define RIG_PROC_H

#include <sys/types.h>

#include "base/util.h"

struct proc_stat {
	char state; /* 'R', 'S', 'Z', ... */
	pid_t parent;
	pid_t session;
	uint64_t start; /* clock ticks from the host's boot */
};

/* Reads one line of /proc/PID/stat; false if it is none. Pure. */
bool proc_stat_parse(const char *line, struct proc_stat *out);

/* False when the process @pid is no more. */
bool proc_stat_read(pid_t pid, struct proc_stat *out);

/*
 * How long, in ns, the thread of @pid that waited most stood ready without a processor since
 * it began (/proc/PID/task/TID/schedstat); 0 when @pid is no more or the host does not tell.
 */
uint64_t proc_run_delay(pid_t pid);

/* Calls @fn for every process there is. */
void proc_for_each(void (*fn)(pid_t pid, void *arg), void *arg);

/*
 * True when @pid is a process of this user, its program is a qemu-system-something, and
 * one of its arguments names a path below the folder @folder.
 */
bool proc_is_qemu_of(pid_t pid, const char *folder);

#endif
