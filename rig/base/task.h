/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What /proc tells about a task: is it asleep, where, and how much CPU it used.
 * Reads only files that never take the task's mmap lock, so a task stuck with
 * that lock held cannot make the reader stick too.
 */
#ifndef BASE_TASK_H
#define BASE_TASK_H

#include <sys/types.h>

#include "base/buf.h"

/* One line of /proc/PID/stat. */
struct task_stat {
	pid_t pid, ppid, pgrp;
	char comm[64];	       /* as the kernel has it: any bytes */
	char state;	       /* 'R', 'S', 'D', 'Z', ... */
	uint64_t utime, stime; /* clock ticks */
};

/* Pure. The comm may hold blanks and parentheses. False when it is no such line. */
bool task_stat_parse(const char *line, struct task_stat *out);

struct task_sample {
	char state;
	uint64_t cpu_ns; /* user and system, to the nanosecond where the kernel
				   has schedstat, else in clock ticks */
	char wchan[64];	 /* function it sleeps in; "0" when it does not */
};

/* @tid is @pid for the main thread. 0 or -errno (-ESRCH: gone). */
int task_sample(pid_t pid, pid_t tid, struct task_sample *out);

/* 0 or -errno. */
int task_stat_read(pid_t pid, pid_t tid, struct task_stat *out);

/*
 * Appends the kernel stack, one frame a line; a line that says why when it cannot
 * be read (needs root and CONFIG_STACKTRACE).
 */
void task_stack(pid_t pid, pid_t tid, struct buf *out);

/*
 * The threads of @pid, or with @pid 0 all processes, in no order. The count; *@ids
 * is for the caller to free(), NULL when there are none.
 */
size_t task_list(pid_t pid, pid_t **ids);

/*
 * All processes, zombies too, that descend from @root, without @root itself and
 * without @root's child @except (0: none) and what descends from that.
 */
size_t task_descendants(pid_t root, pid_t except, pid_t **ids);

#endif
