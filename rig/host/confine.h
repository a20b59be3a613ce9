/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a QEMU must not have: a guest that broke out of it has no more than it. No
 * capability, no program that would give one, no file past a bound, no core.
 */
#ifndef RIG_CONFINE_H
#define RIG_CONFINE_H

#include <sys/types.h>

#include "base/err.h"

/*
 * Bytes of the largest file QEMU may write: its console above all. One that writes more
 * is killed, so that a flood of words ends the guest and not the room on the disk.
 */
#define CONFINE_FILE_MAX (64ull << 20)

/* Whom QEMU is when daxrig is root. */
#define CONFINE_USER "libvirt-qemu"

struct confine_user {
	uid_t uid;
	gid_t gid;
	gid_t groups[2]; /* of it, and of /dev/kvm */
	size_t nr_groups;
	bool other; /* than daxrig itself; else the rest is nobody's */
};

/* ERR_INFRA: daxrig is root, and the user for QEMU is not there. */
struct err *confine_user(struct confine_user *out) __must_check;

/*
 * Between fork() and exec: becomes @user and gives up all that is not QEMU's; only what
 * is safe there. Zero, or the errno of what could not be given up.
 */
int confine_self(const struct confine_user *user);

/* What this thread starts from now on gets no capabilities, whoever it is. */
void confine_children(void);

/* Bounds the running process @pid as confine_self() does itself. */
struct err *confine_process(pid_t pid) __must_check;

#endif
