/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The clock for time limits: monotonic time in which this process could run. While the
 * process is stopped, frozen with its cgroup, or starved of CPU, the clock stands still, so
 * that no limit runs out. Suspending the host stops the monotonic clock itself.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/err.h"

/*
 * Starts a thread that checks ten times a second whether this process stood still. From then
 * on now_ns() (util.h) leaves out all but the first second of each standstill. May be called
 * again; the thread never ends. Before the first call now_ns() is CLOCK_MONOTONIC.
 */
struct err *clock_watch(void) __must_check;

/* The time in ns that now_ns() has left out since clock_watch(). */
uint64_t clock_still_ns(void);

#endif
