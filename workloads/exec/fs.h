/* SPDX-License-Identifier: GPL-2.0-only */
/* The filesystem of a case: made, mounted, checked. */
#ifndef WORKLOADS_EXEC_FS_H
#define WORKLOADS_EXEC_FS_H

#include "workloads/exec/exec.h"

/*
 * fs.c: mkfs and mount with dax=always; the same if need be, and the proof by statx.
 * exec_fs_mount_again() opens the files that are not gone; exec_fsck() wants no mount;
 * exec_fs_stale() fills the part of the disk that files come to lie in with ORIGIN_STALE.
 */
void exec_fs_stale(const struct exec *x, struct outcome *o);
void exec_fs_make(struct exec *x, struct outcome *o);
void exec_fs_setup(struct exec *x, struct outcome *o);
void exec_fs_mount_again(struct exec *x, struct outcome *o);
void exec_fsck(struct exec *x, struct outcome *o);
void exec_fs_remount(struct exec *x, struct outcome *o);
void exec_fs_check(struct exec *x, struct outcome *o);
/* False with x->fault set when it cannot be unmounted. */
bool exec_fs_unmount(struct exec *x);

/* xfs-exchange.c: EXCHANGE_RANGE is allowed, or not, on the filesystem, which is unmounted. */
void exec_xfs_exchange(const struct exec *x, bool on);
bool exec_wants_exchange(const struct exec *x);

/*
 * residue.c: umount, fsck, mount, the bytes of every file that is left. @whole: the
 * steps came to their end; @checked: fsck was the last, and it mounted again. True when all is
 * unmounted in the end.
 */
bool exec_residue(struct exec *x, bool whole, bool checked, struct outcome *o);

#endif
