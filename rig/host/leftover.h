/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Registers for removal whatever would outlive a crash. Each running daxrig has a record,
 * a folder STATE/run/PID-START, locked while it lives, that lists the folders it made.
 * When it dies, its janitor, a child process, kills the QEMUs that were started with a path
 * in those folders and removes the folders. When the janitor died too, the next daxrig does
 * the same.
 *
 * A QEMU is recognized by the run's own folder in its arguments, not by a stored process id:
 * the arguments are there from its first moment, and a reused id does no harm. Nothing that
 * another user could have written is trusted: see private-dir.h and leftover-list.h.
 */
#ifndef RIG_LEFTOVER_H
#define RIG_LEFTOVER_H

#include "base/err.h"

struct leftover;

/*
 * Registers this process below the folder @state (created) and removes what dead daxrigs
 * left there; *@removed (NULL: not wanted) is the number of those daxrigs. Call it before
 * threads are started: see janitor.h. leftover_end() the result.
 */
struct err *leftover_begin(const char *state, struct leftover **out, unsigned int *removed)
	__must_check;

/*
 * An absolute folder of this run, private to the user and with a short path, for
 * sockets, libvirt's root and the console files; belongs to @l.
 */
const char *leftover_folder(const struct leftover *l);

/* Another folder, in shared memory; NULL when the host has no safe place there; belongs to @l. */
const char *leftover_shared(const struct leftover *l);

/*
 * Makes the folder @path, mode 0700, and registers it for removal with all its contents. It
 * must not exist, and its name must have the form that leftover-list.h requires. May be called
 * from any thread.
 */
struct err *leftover_mkdir(struct leftover *l, const char *path) __must_check;

/*
 * Kills every remaining QEMU of this run, removes all registered folders, and frees @l. NULL
 * is fine. A folder that cannot be removed is left for the next leftover_begin().
 */
void leftover_end(struct leftover *l);

#endif
