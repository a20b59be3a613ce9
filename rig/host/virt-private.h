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

/* What differs between guests of libvirt and guests that daxrig started itself. */
struct virt_domain_ops {
	struct err *(*stop)(struct virt_domain *d);
	struct err *(*monitor)(struct virt_domain *d, bool human, const char *command,
			       char **reply);
	/* the same, and passes @fd to QEMU */
	struct err *(*monitor_fd)(struct virt_domain *d, const char *command, int fd, char **reply);
	void (*release)(struct virt_domain *d); /* the last call; own may still be NULL */
};

struct virt_domain {
	struct virt *virt;
	struct virt_domain *next;
	const struct virt_domain_ops *ops;
	void *own; /* the ops' data: virDomainPtr or struct fork */
	char *name;
	char *channel;
	int event_fd;
	int pidfd; /* of QEMU; -1 when its process is not known */
	int watch; /* the event loop's watch of pidfd; -1: none */
	pid_t pid;
	atomic_bool gone, killed;
};

struct virt {
	virConnectPtr conn;
	char *root; /* NULL when a URI was given */
	char *emulator;
	struct confine_user user; /* that QEMUs started by fork.c run as */
	int callback, watch;	  /* -1: none */
	int children;		  /* signalfd for SIGCHLD; -1 when a URI was given */
	bool looping;		  /* has the event loop */
	bool closing;		  /* has a callback for the end of the connection */
	atomic_bool lost;
	atomic_uint names;
	pthread_mutex_t lock; /* protects domains */
	struct virt_domain *domains;
};

/* An error made of the caller's text and libvirt's last message in this thread. */
struct err *virt_error(const char *fmt, ...) __printf(1, 2) __must_check;

/*
 * The event loop runs as long as somebody has it. After virt_loop_put(), no callback that was
 * removed before is still running; not to be called from a callback.
 */
struct err *virt_loop_get(void) __must_check;
void virt_loop_put(void);

/* The connection ended: all its guests are gone. */
void virt_note_lost(struct virt *v);

/*
 * The event loop calls these: libvirt reported that the guest @name stopped; the process @pid,
 * perhaps a guest's QEMU, ended. @killed: by a signal or an error. An unknown guest or
 * process is ignored.
 */
void virt_note_stopped(struct virt *v, const char *name, bool killed);
void virt_note_exit(struct virt *v, pid_t pid, bool killed);

/*
 * Makes a guest that has no QEMU yet and adds it to the event loop. Copies @name and
 * @channel (may be NULL). virt_domain_destroy() it, even when its QEMU was never started.
 */
struct err *virt_domain_create(struct virt *v, const struct virt_domain_ops *ops, const char *name,
			       const char *channel, struct virt_domain **out) __must_check;

/* Call it under the lock. The first call decides how the guest ended; later ones change nothing. */
void virt_domain_set_gone(struct virt_domain *d, bool killed);

/* Kills QEMU by its pidfd, if it has one, and waits for its end. */
void virt_domain_kill(struct virt_domain *d);

#endif
