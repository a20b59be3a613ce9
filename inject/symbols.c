// SPDX-License-Identifier: GPL-2.0-only
#include "inject/symbols.h"

#include <stddef.h>

const char *const gate_symbol_names[] = {
	"pin_user_pages_fast", "ib_umem_get",	   "ib_umem_get_va",
	"ib_umem_get_desc",    "__ib_umem_get_va", NULL,
};

const char *const *const injector_symbols[] = {
	gate_symbol_names,
	NULL,
};
