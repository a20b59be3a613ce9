/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/kernel-symbols.h"
#include "base/files.h"
struct err *kernel_symbols(const struct kernel *k, char **vmlinux, char **modules)
{
	*vmlinux = xasprintf("%s/vmlinux", k->dir);
	*modules = NULL;
	if (path_exists(*vmlinux))
		return NULL;
	return err_create(ERR_USAGE, "kernel '%s' has no symbols in the store", k->spec);
}
