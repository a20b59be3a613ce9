/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Parses the QEMU command line that libvirt writes for a domain, and replaces the parts that
 * libvirt cannot express: RAM and NVDIMMs in daxrig's files, private or shared, and an
 * incoming migration. Pure.
 */
#ifndef RIG_QEMU_ARGV_H
#define RIG_QEMU_ARGV_H

#include "base/buf.h"
#include "base/err.h"
#include "guests/geometry.h"

struct qemu_argv {
	char **v; /* NULL after the last; v[0] is the program */
	size_t n;
};

/*
 * The descriptors QEMU finds open, so that it needs no path of ours and no right to reach it.
 * QEMU opens the files of RAM and NVDIMMs, the kernel and the initrd again through them.
 */
enum qemu_fd {
	QEMU_FD_MONITOR = 3, /* QEMU's end of the monitor's socket pair */
	QEMU_FD_CHANNEL,     /* a listening socket */
	QEMU_FD_GDB,	     /* another listening socket */
	QEMU_FD_CONSOLE,     /* open for writing only */
	QEMU_FD_KERNEL,
	QEMU_FD_INITRD,
	QEMU_FD_RAM,
	QEMU_FD_NVDIMM, /* the first NVDIMM; the others follow */
	QEMU_FD_PLUGIN = QEMU_FD_NVDIMM + GEOMETRY_NVDIMMS_MAX,
	QEMU_FD_BITS, /* the file that the plugin maps */
	QEMU_FD_END,
};

struct qemu_places {
	const char *name; /* of the guest, in QEMU's arguments; borrowed */
	bool shared;	  /* true: writes reach the files; false: they stay private to this QEMU */
	bool incoming;	  /* QEMU waits for an incoming migration */
	bool plugin;	  /* QEMU loads the plugin of QEMU_FD_PLUGIN */
	bool gdb; /* the command line must have -gdb, which is replaced; false: it has none */
};

/*
 * Parses @native, libvirt's "qemu-argv" format: a shell line with the environment first,
 * which is dropped. qemu_argv_deinit() the result.
 */
struct err *qemu_argv_parse(const char *native, struct qemu_argv *out) __must_check;

/*
 * Makes @out from @in with the parts replaced. QEMU will exit, not wait, when the guest
 * powers off or resets. Fails when @in lacks a part that must be replaced.
 */
struct err *qemu_argv_place(const struct qemu_argv *in, const struct qemu_places *p,
			    struct qemu_argv *out) __must_check;

void qemu_argv_deinit(struct qemu_argv *a);

#endif
