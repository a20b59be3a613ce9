/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What /proc shows of a task: whether it sleeps, where, and its CPU time. Reads
 * only files that do not need the task's mmap lock, so that a task that hangs
 * with the lock held cannot block the reader.
 */
#ifndef BASE_TASK_H
#define BASE_TASK_H

#include <sys/types.h>

#include "base/buf.h"

/* One line of /proc/PID/stat. */
struct task_stat {
	pid_t pid, ppid, pgrp;
	char comm[64];	       /* any bytes */
	char state;	       /* 'R', 'S', 'D', 'Z', ... */
	uint64_t utime, stime; /* clock ticks */
};

/* Pure. The comm may hold blanks and parentheses. False if @line is malformed. */
bool task_stat_parse(const char *line, struct task_stat *out);

struct task_sample {
	char state;
	uint64_t cpu_ns; /* user and system; exact if the kernel has schedstat,
				   else rounded to clock ticks */
	char wchan[64];	 /* function it sleeps in; "0" if it does not sleep */
};

/* @tid is @pid for the main thread. 0 or -errno (-ESRCH: gone). */
int task_sample(pid_t pid, pid_t tid, struct task_sample *out);

/* 0 or -errno. */
int task_stat_read(pid_t pid, pid_t tid, struct task_stat *out);

/*
 * Appends the kernel stack, one frame a line, or one line with the reason if it
 * cannot be read (that needs root and CONFIG_STACKTRACE).
 */
void task_stack(pid_t pid, pid_t tid, struct buf *out);

/*
 * The threads of @pid, or with @pid 0 all processes, in any order. Returns the
 * count; the caller frees *@ids, which is NULL if there are none.
 */
size_t task_list(pid_t pid, pid_t **ids);

/*
 * All descendants of @root, zombies included, without @root itself and without
 * @root's child @except (0: none) and its descendants. Returns as task_list().
 */
size_t task_descendants(pid_t root, pid_t except, pid_t **ids);

#endif
