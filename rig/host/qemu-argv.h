/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * QEMU's command line as libvirt writes it for a domain, and the same with other
 * files: what libvirt has no words for (RAM and NVDIMMs in files of ours, private or
 * shared, and a state to come in) is put in place of what it wrote. Pure.
 */
#ifndef RIG_QEMU_ARGV_H
#define RIG_QEMU_ARGV_H

#include "base/buf.h"
#include "base/err.h"
#include "guests/geometry.h"

struct qemu_argv {
	char **v; /* NULL behind the last; v[0] is the program */
	size_t n;
};

/*
 * The descriptors QEMU finds open: it needs no path of ours, nor the right to walk there.
 * The files of RAM and NVDIMMs, the kernel and the initrd it opens again by them.
 */
enum qemu_fd {
	QEMU_FD_MONITOR = 3, /* its end of it */
	QEMU_FD_CHANNEL,     /* a socket that listens */
	QEMU_FD_GDB,	     /* another */
	QEMU_FD_CONSOLE,     /* open for writing only */
	QEMU_FD_KERNEL,
	QEMU_FD_INITRD,
	QEMU_FD_RAM,
	QEMU_FD_NVDIMM, /* the first, the others after it */
	QEMU_FD_END = QEMU_FD_NVDIMM + GEOMETRY_NVDIMMS_MAX,
};

struct qemu_places {
	const char *name; /* of the guest: what tells this QEMU from others; borrowed */
	bool shared;	  /* writes go to the files; else they are this QEMU's own */
	bool incoming;	  /* waits for a state to be let in */
	bool gdb;	  /* -gdb is expected, and must be there; else none is */
};

/*
 * Reads @native, what libvirt gives as "qemu-argv": a line for a shell, environment
 * first, which is dropped. qemu_argv_deinit() the result.
 */
struct err *qemu_argv_parse(const char *native, struct qemu_argv *out) __must_check;

/*
 * Makes @out of @in. QEMU will end, not wait, when the guest powers off or resets. An
 * error when @in lacks a part that must be replaced.
 */
struct err *qemu_argv_place(const struct qemu_argv *in, const struct qemu_places *p,
			    struct qemu_argv *out) __must_check;

void qemu_argv_deinit(struct qemu_argv *a);

#endif
