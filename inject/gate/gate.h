/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lifts the kernel's refusal of long-term pins on FS-DAX around one registration,
 * from outside: a hardware breakpoint on pin_user_pages_fast() through QEMU's
 * gdbstub, and FOLL_LONGTERM taken out of the flags when umem code is the caller.
 *
 *	gate_create(); { gate_lift(); poll(gate_fd()) -> gate_service()...; gate_drop(); }*
 *
 * The gdbstub is connected only between lift and drop. The guest must be booted with
 * nokaslr and without page-table isolation (mitigations=off or nopti).
 */
#ifndef INJECT_GATE_H
#define INJECT_GATE_H

#include "base/err.h"

struct gate_symbols {
	uint64_t pin_user_pages_fast;
	/* The function that pins for ib_umem_get(): return addresses lie in it. */
	uint64_t umem_start, umem_end; /* [start, end) */
	unsigned int kernel_major, kernel_minor;
	unsigned int umem_rank; /* gate_symbols_add()'s own, 0 at first */
};

/*
 * Offers one symbol, in any order; others than those of symbols.c are ignored. A compiler's
 * suffix (".isra.0") is part of no name; ".cold" parts are ignored. @size in bytes.
 */
void gate_symbols_add(struct gate_symbols *s, const char *name, uint64_t addr, uint64_t size);

struct gate_counts {
	uint64_t hits;	  /* all of them */
	uint64_t cleared; /* umem callers that lost FOLL_LONGTERM */
	uint64_t foreign; /* other callers, left alone */
};

struct gate;

#define GATE_TIMEOUT_MS 10000 /* for each word with the gdbstub */

/*
 * Copies its arguments; connects to nothing yet. An error when the symbols are
 * missing or cannot be right: the gate must not be blind.
 */
struct err *gate_create(const char *gdb_socket, const struct gate_symbols *symbols,
			struct gate **out) __must_check;

/* Shuts the gate if it is open. NULL is fine. */
void gate_destroy(struct gate *g);

/* Instead of GATE_TIMEOUT_MS; from the next gate_lift() on. */
void gate_set_timeout(struct gate *g, int timeout_ms);

/*
 * Arms; the VM runs when it returns. After an error, here or in gate_service(),
 * the gate is shut and the VM runs on if the gdbstub still answers.
 */
struct err *gate_lift(struct gate *g) __must_check;

/* To be polled for reading while the gate is open; -1 while it is shut. */
int gate_fd(const struct gate *g);

/*
 * Does what the gdbstub asks for, without waiting for more. A VM that somebody else
 * stopped is left to him. Nothing happens while the gate is shut.
 */
struct err *gate_service(struct gate *g) __must_check;

/*
 * Disarms, lets the VM run, and fills @counts (may be NULL) since gate_lift().
 * On a gate that is shut it only fills them.
 */
struct err *gate_drop(struct gate *g, struct gate_counts *counts) __must_check;

#endif
