/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by virt.c (the connection), virt-domain.c (its guests) and fork.c only. */
#ifndef RIG_VIRT_PRIVATE_H
#define RIG_VIRT_PRIVATE_H

#include <libvirt/libvirt.h>
#include <pthread.h>
#include <stdatomic.h>

#include "host/confine.h"
#include "host/virt.h"

struct virt_domain;

/* What differs between the guests of libvirt and those daxrig started itself. */
struct virt_domain_ops {
	struct err *(*stop)(struct virt_domain *d);
	struct err *(*monitor)(struct virt_domain *d, bool human, const char *command,
			       char **reply);
	/* @fd goes along, for QEMU to take */
	struct err *(*monitor_fd)(struct virt_domain *d, const char *command, int fd, char **reply);
	void (*release)(struct virt_domain *d); /* the last call; own may be NULL still */
};

struct virt_domain {
	struct virt *virt;
	struct virt_domain *next;
	const struct virt_domain_ops *ops;
	void *own; /* of the ops: virDomainPtr, or struct fork */
	char *name;
	char *channel;
	int event_fd;
	int pidfd; /* of QEMU; -1 when it is not ours to know */
	int watch; /* of pidfd in the event loop; -1: none */
	pid_t pid;
	atomic_bool gone, killed;
};

struct virt {
	virConnectPtr conn;
	char *root; /* NULL when a URI was given */
	char *emulator;
	struct confine_user user;   /* of QEMUs by fork.c */
	int callback, timer, watch; /* -1: none */
	int children;		    /* signalfd for SIGCHLD */
	pthread_t loop;
	bool looping;
	atomic_bool stopping;
	atomic_uint names;
	pthread_mutex_t lock; /* of domains */
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

/*
 * A guest without a QEMU yet, known to the event loop from now on; copies @name and
 * @channel (may be NULL). virt_domain_destroy() it, also half made.
 */
struct err *virt_domain_create(struct virt *v, const struct virt_domain_ops *ops, const char *name,
			       const char *channel, struct virt_domain **out) __must_check;

/* Under the lock. The first word on how it ended is the right one. */
void virt_domain_set_gone(struct virt_domain *d, bool killed);

/* Kills QEMU by its pidfd, if there is one, and waits for its end. */
void virt_domain_kill(struct virt_domain *d);

#endif
