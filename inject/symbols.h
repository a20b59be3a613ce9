/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The names of /proc/kallsyms that injectors want: what the guest's agent looks for and
 * the host is told. Pure; each list and the list of lists end with NULL.
 */
#ifndef INJECT_SYMBOLS_H
#define INJECT_SYMBOLS_H

/*
 * The first, and whichever of the others are there, the later the better (6.1: ib_umem_get,
 * in ib_uverbs; 7.2: __ib_umem_get_va, in ib_core, or ib_umem_get_desc where the compiler
 * inlined it).
 */
extern const char *const gate_symbol_names[];

/* One for each injector that wants any. */
extern const char *const *const injector_symbols[];

#endif
