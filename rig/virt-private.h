/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by virt.c (the connection) and virt-domain.c (its guests) only. */
#ifndef RIG_VIRT_PRIVATE_H
#define RIG_VIRT_PRIVATE_H

#include <libvirt/libvirt.h>
#include <pthread.h>
#include <stdatomic.h>

#include "virt.h"

struct virt {
	virConnectPtr conn;
	char *root;		/* NULL when a URI was given */
	char *emulator;
	int callback, timer, watch;	/* -1: none */
	int children;		/* signalfd for SIGCHLD */
	pthread_t loop;
	bool looping;
	atomic_bool stopping;
	atomic_uint names;
	pthread_mutex_t lock;	/* of domains */
	struct virt_domain *domains;
};

/* An error made of the caller's words and libvirt's last message of this thread. */
struct err *virt_error(const char *fmt, ...) __printf(1, 2) __must_check;

/*
 * From the event loop: libvirt says that the guest @name stopped; the process @pid,
 * perhaps a guest's QEMU, is no more. @killed: not by its own doing. Unknown ones are
 * ignored.
 */
void virt_note_stopped(struct virt *v, const char *name, bool killed);
void virt_note_exit(struct virt *v, pid_t pid, bool killed);

#endif
