/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guests through libvirt; the only owner of libvirt.
 *
 * A process has at most one struct virt without a URI at a time, and closes it after those with
 * one. Several threads may call every function
 * at once, each with a domain of its own; virt_close() comes last, after all domains were
 * destroyed. Errors are ERR_INFRA unless said otherwise.
 */
#ifndef RIG_VIRT_H
#define RIG_VIRT_H

#include <sys/types.h>

#include "base/err.h"
#include "host/domain-xml.h"

struct virt;
struct virt_domain;

/*
 * Connects to @uri. NULL: libvirt's driver runs inside this process, without a daemon, and
 * keeps all its files under @root, a folder of this run (at most VIRT_ROOT_MAX bytes long,
 * since socket paths begin with it). libvirt keeps what it learns about QEMU in the folder
 * @cache between runs; NULL: it does not. Both are used only without @uri, and created.
 * Call it before threads are started: SIGCHLD stays blocked in the calling thread and those
 * it starts later, and the process becomes the reaper of the daemons below it.
 */
#define VIRT_URI_PRIVATE "qemu:///embed" /* what records and users call that one */
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

/* Fills @out, for the run's record. */
struct err *virt_versions(struct virt *v, struct virt_versions *out) __must_check;

/*
 * True once the connection has ended: the daemon died, or does not answer. All its guests are
 * gone then, for us; QEMUs on this host that outlive the daemon are removed by leftover_end().
 */
bool virt_is_lost(const struct virt *v);

/* True when libvirt runs inside this process: then daxrig can start QEMUs itself too. */
bool virt_is_private(const struct virt *v);

/*
 * Sets *@out to the QEMU command line that libvirt would use for @spec, as a shell line;
 * free() it. Starts and creates nothing.
 */
struct err *virt_native(struct virt *v, const struct domain_spec *spec, char **out) __must_check;

/*
 * Starts a guest. A NULL name in @spec becomes "daxrig-PID-N". When it returns, QEMU
 * and the guest's processors run, and the sockets of @spec exist.
 * virt_domain_destroy() the result.
 */
struct err *virt_domain_start(struct virt *v, const struct domain_spec *spec,
			      struct virt_domain **out) __must_check;

/* QEMU's process id; 0 when it is not known (a URI was given). */
pid_t virt_domain_pid(const struct virt_domain *d);

/* True after power-off, reboot, QEMU's end by itself or by a signal, or virt_domain_stop(). */
bool virt_domain_is_gone(const struct virt_domain *d);

/* Of a guest that is gone: QEMU died of a signal or an error that neither guest nor we caused. */
bool virt_domain_was_killed(const struct virt_domain *d);

/*
 * An eventfd for poll(), readable as soon as the guest is gone; do not read it, so that it
 * stays readable. Belongs to @d.
 */
int virt_domain_event_fd(const struct virt_domain *d);

/* Ends the guest at once. Fine to call again, or when QEMU is already gone. */
struct err *virt_domain_stop(struct virt_domain *d) __must_check;

/* Calls virt_domain_stop(), drops its error, and frees @d. NULL is fine. */
void virt_domain_destroy(struct virt_domain *d);

/*
 * Connects to the channel's socket and sets *@fd (CLOEXEC, blocking); the caller
 * closes it. Waits for the socket until now_ns() reaches @deadline, then fails with
 * ERR_TIMEOUT.
 */
struct err *virt_domain_connect_channel(struct virt_domain *d, uint64_t deadline, int *fd)
	__must_check;

/* What messages call a monitor command: of a QMP object the command alone. free() it. Pure. */
char *virt_command_name(const char *command);

/*
 * Sends @command to QEMU's monitor: a line of the human monitor when @human, else a QMP
 * object. Sets *@reply (NULL: not wanted); free() it.
 */
struct err *virt_domain_monitor(struct virt_domain *d, bool human, const char *command,
				char **reply) __must_check;

/*
 * Gives QEMU a copy of @fd, which stays the caller's. *@there is its number in QEMU, which
 * can open it again as /proc/self/fd/NUMBER for as long as QEMU lives.
 */
struct err *virt_domain_hand_fd(struct virt_domain *d, int fd, int *there) __must_check;

/* Sends @command, a QMP object, and passes the open file @fd, which stays the caller's, along. */
struct err *virt_domain_monitor_fd(struct virt_domain *d, const char *command, int fd, char **reply)
	__must_check;

#endif
