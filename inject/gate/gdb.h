/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A client of QEMU's gdbstub on a unix socket (-gdb unix:PATH,server=on,wait=off).
 *
 * Connecting stops the VM; gdb_close() removes the breakpoints and lets it run.
 * The stub serves one client at a time. All calls but gdb_stop(),
 * gdb_wait_stop() and gdb_close() want the VM stopped: the stub loses what it is
 * sent while the VM runs, so the call ends in ERR_TIMEOUT.
 * Every wait ends by the time limit given to gdb_open(). After an error the
 * connection is of no more use: gdb_close() it. Not for two threads at once.
 */
#ifndef INJECT_GDB_H
#define INJECT_GDB_H

#include "inject/gate/gdb-packet.h"

struct gdb;

/* @timeout_ms bounds this call, and each later one, in milliseconds. */
struct err *gdb_open(const char *path, int timeout_ms, struct gdb **out) __must_check;

/*
 * Detaches, so that the VM runs without breakpoints, and frees @g. When the stub
 * does not answer any more it is left as it is. NULL is fine.
 */
void gdb_close(struct gdb *g);
static inline void gdb_close_ptr(struct gdb **g)
{
	gdb_close(*g);
}
#define _cleanup_gdb_ _cleanup_(gdb_close_ptr)

/* As gdb_close(), and says whether the VM was really set free. */
struct err *gdb_detach(struct gdb *g) __must_check;

/* Readable when the VM stopped by itself: call gdb_wait_stop() then. */
int gdb_fd(const struct gdb *g);

/*
 * Stops the VM, or finds it stopped. When it stopped just before for a reason of
 * its own, the next gdb_wait_stop() tells which.
 */
struct err *gdb_stop(struct gdb *g) __must_check;

/* Lets all vCPUs run and returns. */
struct err *gdb_continue(struct gdb *g) __must_check;

/* One instruction of one vCPU, interrupts held off, the others standing still. */
struct err *gdb_step(struct gdb *g, struct gdb_thread thread) __must_check;

/*
 * Waits until the VM has stopped, @timeout_ms at most (0: only looks). *@got says
 * whether it did; then @stop is filled. Running out of time is no error.
 */
struct err *gdb_wait_stop(struct gdb *g, int timeout_ms, struct gdb_stop *stop, bool *got)
	__must_check;

/*
 * Virtual memory as @thread sees it; @thread.tid 0: as the vCPU chosen last. With
 * page-table isolation kernel memory is not there while the vCPU is in user mode.
 */
struct err *gdb_read_mem(struct gdb *g, struct gdb_thread thread, uint64_t addr, void *out,
			 size_t len) __must_check;

struct err *gdb_read_regs(struct gdb *g, struct gdb_thread thread, struct gdb_regs *out)
	__must_check;
struct err *gdb_write_reg(struct gdb *g, struct gdb_thread thread, enum gdb_reg reg, uint64_t value)
	__must_check;

/* Hardware execution breakpoint on all vCPUs. */
struct err *gdb_break_set(struct gdb *g, uint64_t addr) __must_check;
struct err *gdb_break_clear(struct gdb *g, uint64_t addr) __must_check;

#endif
