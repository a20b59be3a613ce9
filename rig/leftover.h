/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What outlives a crash is registered for removal. Each running daxrig has a
 * folder STATE/run/PID-START, locked while it lives, that lists every path to
 * remove; the next daxrig finds the folders of dead ones, kills the QEMUs that
 * were started with a path of theirs, and removes what they list.
 *
 * A QEMU is known by a listed folder in its arguments, not by a stored process
 * id: that holds from its first moment on, and a reused id does no harm.
 */
#ifndef RIG_LEFTOVER_H
#define RIG_LEFTOVER_H

#include "base/err.h"

struct leftover;

/*
 * Registers this process below the folder @state (created) and removes what dead
 * ones left there; *@removed (NULL: not wanted) counts those. leftover_end() it.
 */
struct err *leftover_begin(const char *state, struct leftover **out, unsigned int *removed)
	__must_check;

/*
 * An absolute folder of this run, private to the user and with a short path, for
 * sockets, libvirt's root and the console files; belongs to @l.
 */
const char *leftover_folder(const struct leftover *l);

/*
 * Lists @path, a file or a folder elsewhere, for removal; call it before the path
 * is created. From any thread.
 */
struct err *leftover_add(struct leftover *l, const char *path) __must_check;

/*
 * Kills every QEMU left of this run, removes all it listed, and frees @l. NULL is
 * fine. What cannot be removed is left to the next begin.
 */
void leftover_end(struct leftover *l);

#endif
