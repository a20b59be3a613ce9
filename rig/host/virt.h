/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guests through libvirt; the only owner of libvirt.
 *
 * One struct virt a process at a time. Every function may be called from several
 * threads at once, each with a domain of its own; virt_close() comes last, when
 * all domains were destroyed. Errors are ERR_INFRA unless said otherwise.
 */
#ifndef RIG_VIRT_H
#define RIG_VIRT_H

#include <sys/types.h>

#include "base/err.h"
#include "host/domain-xml.h"

struct virt;
struct virt_domain;

/*
 * Connects to @uri. NULL: libvirt's driver inside this process, no daemon, with
 * all its files under @root, a folder of this run (a short path, at most
 * VIRT_ROOT_MAX bytes, since sockets lie below it). What libvirt learns about
 * QEMU is kept in the folder @cache between runs; NULL: not kept. Both are used
 * only without @uri, and created. Call it before threads are started:
 * SIGCHLD stays blocked in the calling thread and those it starts later, and the
 * process becomes the reaper of the daemons below it.
 */
#define VIRT_ROOT_MAX 52
struct err *virt_open(const char *uri, const char *root, const char *cache, struct virt **out)
	__must_check;

/* NULL is fine. */
void virt_close(struct virt *v);

struct virt_versions {
	char qemu[32];	      /* "7.2.22" */
	char libvirt[32];     /* "9.0.0" */
	const char *emulator; /* path on the host of the connection; belongs to the virt */
};

/* Fills @out for the run's record. */
struct err *virt_versions(struct virt *v, struct virt_versions *out) __must_check;

/* True when libvirt runs inside this process: its QEMUs can be started by it too. */
bool virt_is_private(const struct virt *v);

/*
 * The command line libvirt would start @spec with, as a line for a shell; free() it.
 * Nothing is started or created.
 */
struct err *virt_native(struct virt *v, const struct domain_spec *spec, char **out) __must_check;

/*
 * Starts a guest. A NULL name in @spec becomes "daxrig-PID-N". When it returns,
 * QEMU runs, the guest's processors do, and the sockets of @spec exist.
 * virt_domain_destroy() the result.
 */
struct err *virt_domain_start(struct virt *v, const struct domain_spec *spec,
			      struct virt_domain **out) __must_check;

/* QEMU's process id; 0 when the connection does not tell (a URI was given). */
pid_t virt_domain_pid(const struct virt_domain *d);

/* Powered off, rebooted, QEMU died or was killed, or virt_domain_stop() was called. */
bool virt_domain_is_gone(const struct virt_domain *d);

/* When it is gone: QEMU died of a signal or an error, not by the guest's wish or ours. */
bool virt_domain_was_killed(const struct virt_domain *d);

/*
 * An eventfd for poll(), readable from the moment the guest is gone; it stays
 * so if it is not read. Belongs to @d.
 */
int virt_domain_event_fd(const struct virt_domain *d);

/* Ends the guest at once; fine to call again, and when QEMU is gone already. */
struct err *virt_domain_stop(struct virt_domain *d) __must_check;

/* virt_domain_stop(), its error dropped, and frees @d. NULL is fine. */
void virt_domain_destroy(struct virt_domain *d);

/*
 * Connects to the channel's socket; sets *@fd (CLOEXEC, blocking), the caller
 * closes it. Waits until now_ns() reaches @deadline for the socket to appear;
 * ERR_TIMEOUT after that.
 */
struct err *virt_domain_connect_channel(struct virt_domain *d, uint64_t deadline, int *fd)
	__must_check;

/*
 * Gives @command to QEMU's monitor: a line for people when @human, else a QMP
 * object. Sets *@reply (NULL: not wanted), free() it.
 */
struct err *virt_domain_monitor(struct virt_domain *d, bool human, const char *command,
				char **reply) __must_check;

/*
 * Hands QEMU a copy of @fd, which stays the caller's; *@there is its number in QEMU, which
 * can open it again as /proc/self/fd/NUMBER. For as long as QEMU lives.
 */
struct err *virt_domain_hand_fd(struct virt_domain *d, int fd, int *there) __must_check;

#endif
