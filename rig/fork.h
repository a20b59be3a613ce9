/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * QEMUs that daxrig starts itself, and that are guests like libvirt's to all who use
 * virt.h. libvirt cannot express them: it has no words for RAM and NVDIMMs mapped
 * private from a template's files, and its restore copies all of RAM.
 *
 * Such a QEMU dies with the thread that started it, so also when daxrig is killed.
 */
#ifndef RIG_FORK_H
#define RIG_FORK_H

#include "qemu-argv.h"
#include "qmp.h"
#include "virt.h"

/* How long QEMU may take for anything but running the guest. */
#define FORK_LIMIT_NS 30000000000ull

/*
 * Starts QEMU by @argv, which names @channel, a socket it listens on. It finds its end
 * of the monitor at QEMU_MONITOR_FD, all other descriptors closed. When it returns,
 * QEMU listens on its sockets and the guest has not started. virt_domain_destroy() the result.
 */
struct err *fork_start(struct virt *v, const struct qemu_argv *argv, const char *channel,
		       struct virt_domain **out) __must_check;

/* Of a guest by fork_start(). */
struct qmp *fork_qmp(struct virt_domain *d);

#endif
