// SPDX-License-Identifier: GPL-2.0-only
#include "inject/injector.h"

/*
 * The first, and whichever of the others are there, the later the better (6.1: ib_umem_get,
 * in ib_uverbs; 7.2: __ib_umem_get_va, in ib_core, or ib_umem_get_desc where the compiler
 * inlined it).
 */
static const char *const gate[] = {
	"pin_user_pages_fast", "ib_umem_get",	   "ib_umem_get_va",
	"ib_umem_get_desc",    "__ib_umem_get_va", NULL,
};

static const char *const none[] = { NULL };

const char *const *const injector_symbols[INJECTORS + 1] = {
	[INJECTOR_GATE] = gate,
	[INJECTOR_NULL] = none,
};
