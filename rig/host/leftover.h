/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What outlives a crash is registered for removal. Each running daxrig has a record, a
 * folder STATE/run/PID-START, locked while it lives, that lists the folders it made. A
 * janitor, a child of it, kills the QEMUs that were started with a path of it and removes
 * those folders as soon as it is dead; what is left when both are dead the next daxrig
 * finds and removes in the same way.
 *
 * A QEMU is known by the run's own folder in its arguments, not by a stored process id:
 * that holds from its first moment on, and a reused id does no harm. Nothing that another
 * user could have written is believed: see private.h and leftover-list.h.
 */
#ifndef RIG_LEFTOVER_H
#define RIG_LEFTOVER_H

#include "base/err.h"

struct leftover;

/*
 * Registers this process below the folder @state (created) and removes what dead
 * ones left there; *@removed (NULL: not wanted) counts those. Call it before threads are
 * started: see janitor.h. leftover_end() it.
 */
struct err *leftover_begin(const char *state, struct leftover **out, unsigned int *removed)
	__must_check;

/*
 * An absolute folder of this run, private to the user and with a short path, for
 * sockets, libvirt's root and the console files; belongs to @l.
 */
const char *leftover_folder(const struct leftover *l);

/* Another in shared memory, or NULL when the host has none that is safe; belongs to @l. */
const char *leftover_shared(const struct leftover *l);

/*
 * Makes the folder @path, mode 0700, which must not be there, to be removed with all in
 * it. Its name must be of the form that leftover-list.h knows. From any thread.
 */
struct err *leftover_mkdir(struct leftover *l, const char *path) __must_check;

/*
 * Kills every QEMU left of this run, removes all it listed, and frees @l. NULL is
 * fine. What cannot be removed is left to the next begin.
 */
void leftover_end(struct leftover *l);

#endif
