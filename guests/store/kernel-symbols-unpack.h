/* SPDX-License-Identifier: GPL-2.0-only */
/* Unpacks the needed files of a package of symbols (kernel-symbols.h). */
#ifndef GUESTS_KERNEL_SYMBOLS_UNPACK_H
#define GUESTS_KERNEL_SYMBOLS_UNPACK_H

#include "base/err.h"
#include "base/progress.h"
#include "guests/store/kernel.h"

/* The suffix after the name of the image's package, in any of Debian's layouts. */
#define SYMBOLS_SUFFIX "-dbg"

/*
 * Unpacks vmlinux and the modules that guests of @k load, all with debug info, from the one
 * package in the folder @debs to the folder @dir, and removes @debs. Fails if the package
 * lacks one of them, or vmlinux has another build id than the kernel.
 */
struct err *kernel_symbols_unpack(const struct kernel *k, const char *debs, const char *dir,
				  const struct progress *say) __must_check;

#endif
