/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The clock that limits are held against: monotonic time in which this process could run.
 * A process that is stopped, frozen with its cgroup, or starved whole makes nothing else
 * late. Suspending the host stops the monotonic clock itself.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/err.h"

/*
 * From now on a thread looks ten times a second whether this process stands still, and
 * now_ns() (util.h) leaves out what goes beyond a second of it. Again is fine; it never ends.
 * Without it now_ns() is CLOCK_MONOTONIC.
 */
struct err *clock_watch(void) __must_check;

/* How long, in ns, the process has stood still since clock_watch(), as now_ns() has it. */
uint64_t clock_still_ns(void);

#endif
