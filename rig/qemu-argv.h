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

struct qemu_argv {
	char **v;	/* NULL behind the last; v[0] is the program */
	size_t n;
};

/* The descriptor QEMU finds open: its end of the monitor. */
#define QEMU_MONITOR_FD 3

/* Borrowed strings, absolute paths. */
struct qemu_places {
	const char *folder;	/* of "ram", "nvdimm0", "nvdimm1", ... */
	bool shared;		/* writes go to those files; else they are this QEMU's own */
	bool incoming;		/* waits for a state to be let in */
	const char *console;
	const char *channel;
	const char *gdb;	/* NULL: no -gdb is expected, else one must be there */
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
