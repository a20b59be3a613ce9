/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lifts the kernel's refusal of long-term pins on FS-DAX for one registration, from
 * outside: sets a hardware breakpoint on pin_user_pages_fast() through QEMU's
 * gdbstub, and clears FOLL_LONGTERM in the flags if umem code is the caller.
 *
 *	gate_create(); { gate_lift(); poll(gate_fd()) -> gate_service()...; gate_drop(); }*
 *
 * The stub is connected only between lift and drop. The guest must be booted with
 * nokaslr and without page-table isolation (mitigations=off or nopti).
 */
#ifndef INJECT_GATE_H
#define INJECT_GATE_H

#include "base/err.h"

struct gate_symbols {
	uint64_t pin_user_pages_fast;
	/* The function that pins for ib_umem_get(): the return address lies in it. */
	uint64_t umem_start, umem_end; /* [start, end) */
	unsigned int kernel_major, kernel_minor;
	unsigned int umem_rank; /* private to gate_symbols_add(), 0 at first */
};

/*
 * Offers one symbol, in any order. Symbols that gate_symbol_names[] lacks and ".cold" parts
 * are ignored, as is a suffix of the compiler (".isra.0"). @size is in bytes.
 */
void gate_symbols_add(struct gate_symbols *s, const char *name, uint64_t addr, uint64_t size);

struct gate_counts {
	uint64_t hits;	  /* all calls */
	uint64_t cleared; /* calls by umem code, FOLL_LONGTERM cleared */
	uint64_t foreign; /* calls by others, unchanged */
};

struct gate;

#define GATE_TIMEOUT_MS 10000 /* for each exchange with the stub */

/*
 * Copies its arguments; does not connect yet. Fails if the symbols are missing or
 * implausible: the gate would then see no call.
 */
struct err *gate_create(const char *gdb_socket, const struct gate_symbols *symbols,
			struct gate **out) __must_check;

/* Shuts the gate if it is open. NULL is fine. */
void gate_destroy(struct gate *g);

/* Replaces GATE_TIMEOUT_MS from the next gate_lift() on. */
void gate_set_timeout(struct gate *g, int timeout_ms);

/*
 * Sets the breakpoint; the VM runs when it returns. After an error, here or in
 * gate_service(), the gate is shut, and the VM runs on if the stub still answers.
 */
struct err *gate_lift(struct gate *g) __must_check;

/* The descriptor to poll for reading while the gate is open; -1 while it is shut. */
int gate_fd(const struct gate *g);

/*
 * Handles what the stub has sent, and does not wait for more. If somebody else
 * stopped the VM, it stays stopped. Does nothing while the gate is shut.
 */
struct err *gate_service(struct gate *g) __must_check;

/*
 * Removes the breakpoint, lets the VM run, and fills @counts (may be NULL) with the
 * counts since gate_lift(). If the gate is shut it only fills @counts.
 */
struct err *gate_drop(struct gate *g, struct gate_counts *counts) __must_check;

#endif
