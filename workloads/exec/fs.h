/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes, mounts and checks the filesystem of a case. */
#ifndef WORKLOADS_EXEC_FS_H
#define WORKLOADS_EXEC_FS_H

#include "workloads/exec/exec.h"

/*
 * fs.c. exec_fs_make(): mkfs and mount with dax=always. exec_fs_setup(): the same, unless
 * it is mounted already, and statx() must then show DAX. exec_fs_mount_again() opens the
 * files that still exist; exec_fsck() needs the filesystem unmounted; exec_fs_stale() fills
 * the part of the disk where file blocks will be with ORIGIN_STALE.
 */
void exec_fs_stale(const struct exec *x, struct outcome *o);
void exec_fs_make(struct exec *x, struct outcome *o);
void exec_fs_setup(struct exec *x, struct outcome *o);
void exec_fs_mount_again(struct exec *x, struct outcome *o);
void exec_fsck(struct exec *x, struct outcome *o);
void exec_fs_remount(struct exec *x, struct outcome *o);
void exec_fs_check(struct exec *x, struct outcome *o);
/* False: it cannot be unmounted, a finding in @o. */
bool exec_fs_unmount(struct exec *x, struct outcome *o);

/* next-fs.c: the step 'mkfs'. */
void exec_mkfs(struct exec *x, const struct step *st, struct outcome *o);

/* xfs-exchange.c: allows or forbids EXCHANGE_RANGE on the unmounted filesystem. */
void exec_xfs_exchange(const struct exec *x, bool on);
bool exec_wants_exchange(const struct exec *x);

/* residue.c: an unmounted filesystem must have released its device. */
void exec_look_at_device(struct exec *x, struct outcome *o);

/*
 * residue.c: umount, fsck, mount, and a check of the bytes of every remaining file. @whole:
 * all steps ran; @checked: the last step was a successful fsck. True when all is unmounted
 * at the end.
 */
bool exec_residue(struct exec *x, bool whole, bool checked, struct outcome *o);

#endif
