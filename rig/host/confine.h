/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Limits the rights of QEMU, since a guest that breaks out of QEMU gains them: no
 * capability, no setuid program that would give one, no file above a bound, no core dump.
 */
#ifndef RIG_CONFINE_H
#define RIG_CONFINE_H

#include <sys/types.h>

#include "base/err.h"

/*
 * Bytes of the largest file QEMU may write, above all the console. A QEMU that writes more
 * is killed, so that a flood of messages ends the guest before it fills the disk.
 */
#define CONFINE_FILE_MAX (64ull << 20)

/* The user QEMU runs as when daxrig is root. */
#define CONFINE_USER "libvirt-qemu"

struct confine_user {
	uid_t uid;
	gid_t gid;
	gid_t groups[2]; /* the user's, and that of /dev/kvm */
	size_t nr_groups;
	bool other; /* another user than daxrig's own; when false, the rest is not used */
};

/* Finds the user QEMU is to run as. ERR_INFRA: daxrig is root and CONFINE_USER is missing. */
struct err *confine_user(struct confine_user *out) __must_check;

/*
 * Call it between fork() and exec; it makes only calls that are safe there. Becomes @user
 * and gives up all rights that QEMU does not need. Returns zero, or the errno of the first
 * right it could not give up.
 */
int confine_self(const struct confine_user *user);

/* Processes that this thread starts from now on get no capabilities, even as root. */
void confine_children(void);

/* Sets the same limits on the running process @pid as confine_self() sets on its own. */
struct err *confine_process(pid_t pid) __must_check;

#endif
