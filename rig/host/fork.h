/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * QEMUs that daxrig starts itself; for users of virt.h they are guests like libvirt's.
 * libvirt cannot start them: its XML cannot express RAM and NVDIMMs mapped private from
 * a template's files, and its restore copies all of RAM.
 *
 * Such a QEMU dies with the thread that started it, so it also dies when daxrig is killed.
 */
#ifndef RIG_FORK_H
#define RIG_FORK_H

#include "host/qemu-argv.h"
#include "host/qmp.h"
#include "host/virt.h"

/* How long one operation of QEMU, other than running the guest, may take. */
#define FORK_LIMIT_NS 30000000000ull

/* The open files of a guest whose coverage is taken: base/code-map.h says what is in bits. */
struct fork_coverage {
	int plugin; /* from fork_hold() */
	int bits;   /* open for reading and writing, CODE_MAP_BYTES long; all guests may share it */
};

/* What the descriptors of enum qemu_fd refer to. Borrowed; socket paths are at most 107 bytes. */
struct fork_files {
	const char *channel; /* a socket, created by fork_start(), as is gdb */
	const char *gdb;     /* NULL: none */
	const char *console; /* a file, truncated by fork_start() */
	const char *folder;  /* holds "ram", "nvdimm0", "nvdimm1", ... */
	size_t nvdimms;
	int kernel, initrd;		      /* from fork_hold(); -1: none */
	const struct fork_coverage *coverage; /* NULL: none; else QEMU runs under TCG */
};

/*
 * Starts a confined QEMU with @argv, which qemu_argv_place() made, and with no descriptors
 * but those of @files. When it returns, the sockets accept connections and the guest's
 * processors are still stopped. virt_domain_destroy() the result.
 */
struct err *fork_start(struct virt *v, const struct qemu_argv *argv, const struct fork_files *files,
		       struct virt_domain **out) __must_check;

/* Opens *@fd, a sealed copy of the file @path in memory that every user can read; close() it. */
struct err *fork_hold(const char *path, int *fd) __must_check;

/* The monitor of a guest that fork_start() started; belongs to @d. */
struct qmp *fork_qmp(struct virt_domain *d);

#endif
