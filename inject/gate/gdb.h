/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A client of QEMU's gdbstub on a unix socket (-gdb unix:PATH,server=on,wait=off).
 *
 * Connecting stops the VM; gdb_close() removes the breakpoints and lets it run.
 * The gdbstub serves one client at a time. All calls except gdb_stop(),
 * gdb_wait_stop() and gdb_close() require a stopped VM: while the VM runs, the gdbstub
 * loses what it receives, and the call fails with ERR_TIMEOUT.
 * The time limit given to gdb_open() bounds every wait. After an error the
 * connection is of no use: gdb_close() it. Not for two threads at once.
 */
#ifndef INJECT_GDB_H
#define INJECT_GDB_H

#include "inject/gate/gdb-packet.h"

struct gdb;

/* Connects. @timeout_ms bounds this call and each later one, in milliseconds. */
struct err *gdb_open(const char *path, int timeout_ms, struct gdb **out) __must_check;

/*
 * Detaches, so that the VM runs without breakpoints, and frees @g. If the gdbstub does
 * not answer, the VM stays as it is. NULL is fine.
 */
void gdb_close(struct gdb *g);
static inline void gdb_close_ptr(struct gdb **g)
{
	gdb_close(*g);
}
#define _cleanup_gdb_ _cleanup_(gdb_close_ptr)

/* As gdb_close(), but returns an error if the VM could not be detached. */
struct err *gdb_detach(struct gdb *g) __must_check;

/* The descriptor; readable once the VM stopped by itself: then call gdb_wait_stop(). */
int gdb_fd(const struct gdb *g);

/*
 * Stops the VM, if it runs. If it has just stopped for another reason, the next
 * gdb_wait_stop() reports that.
 */
struct err *gdb_stop(struct gdb *g) __must_check;

/* Lets all vCPUs run and returns. */
struct err *gdb_continue(struct gdb *g) __must_check;

/* Steps one vCPU by one instruction, with interrupts off; the others stay stopped. */
struct err *gdb_step(struct gdb *g, struct gdb_thread thread) __must_check;

/*
 * Waits until the VM stops, for at most @timeout_ms (0: does not wait). Sets *@got, and
 * fills @stop, if it stopped. Running out of time is not an error.
 */
struct err *gdb_wait_stop(struct gdb *g, int timeout_ms, struct gdb_stop *stop, bool *got)
	__must_check;

/*
 * Reads virtual memory as @thread maps it; @thread.tid 0: the vCPU used last. With
 * page-table isolation, kernel memory is not mapped while the vCPU is in user mode.
 */
struct err *gdb_read_mem(struct gdb *g, struct gdb_thread thread, uint64_t addr, void *out,
			 size_t len) __must_check;

struct err *gdb_read_regs(struct gdb *g, struct gdb_thread thread, struct gdb_regs *out)
	__must_check;
struct err *gdb_write_reg(struct gdb *g, struct gdb_thread thread, enum gdb_reg reg, uint64_t value)
	__must_check;

/* A hardware execution breakpoint on all vCPUs. */
struct err *gdb_break_set(struct gdb *g, uint64_t addr) __must_check;
struct err *gdb_break_clear(struct gdb *g, uint64_t addr) __must_check;

#endif
