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

#include "host/qemu-argv.h"
#include "host/qmp.h"
#include "host/virt.h"

/* How long QEMU may take for anything but running the guest. */
#define FORK_LIMIT_NS 30000000000ull

/* What QEMU gets as the descriptors of enum qemu_fd; borrowed, paths as long as sockets may be. */
struct fork_files {
	const char *channel; /* sockets, made here */
	const char *gdb;     /* NULL: none */
	const char *console; /* a file, emptied here */
	const char *folder;  /* of "ram", "nvdimm0", "nvdimm1", ... */
	size_t nvdimms;
	int kernel, initrd; /* by fork_hold(); -1: none */
};

/*
 * Starts QEMU by @argv, which qemu_argv_place() made, confined and with no descriptors
 * but those. When it returns, the sockets can be connected to and the guest has not
 * started. virt_domain_destroy() the result.
 */
struct err *fork_start(struct virt *v, const struct qemu_argv *argv, const struct fork_files *files,
		       struct virt_domain **out) __must_check;

/* A copy of the file @path in memory, which nobody can change, for any user; close() it. */
struct err *fork_hold(const char *path, int *fd) __must_check;

/* Of a guest by fork_start(). */
struct qmp *fork_qmp(struct virt_domain *d);

#endif
