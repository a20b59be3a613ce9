/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The names in /proc/kallsyms that injectors need: the guest's agent looks them up and
 * reports them to the host. Pure; each list and the list of lists end with NULL.
 */
#ifndef INJECT_SYMBOLS_H
#define INJECT_SYMBOLS_H

/*
 * The first name is required, and one of the others; if a kernel has several, the last of
 * them counts (6.1: ib_umem_get, in ib_uverbs; 7.2: __ib_umem_get_va, in ib_core, or
 * ib_umem_get_desc where the compiler inlined it).
 */
extern const char *const gate_symbol_names[];

/* One list for each injector that needs symbols. */
extern const char *const *const injector_symbols[];

#endif
