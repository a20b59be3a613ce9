/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The symbols of the guest's kernel that the long-term gate stands on: the agent looks them
 * up for the host. Pure.
 */
#ifndef WIRE_GATE_SYMBOLS_H
#define WIRE_GATE_SYMBOLS_H

/*
 * As in /proc/kallsyms: the first, and whichever of the others are there, the better the
 * later (6.1: ib_umem_get, in ib_uverbs; 7.2: __ib_umem_get_va, in ib_core, or
 * ib_umem_get_desc where the compiler inlined it).
 */
#define GATE_SYMBOL_NAMES                                                                          \
	"pin_user_pages_fast", "ib_umem_get", "ib_umem_get_va", "ib_umem_get_desc",                \
		"__ib_umem_get_va"

#endif
