/* SPDX-License-Identifier: GPL-2.0-only */
/* What is needed of a package of symbols (kernel-symbols.h). */
#ifndef GUESTS_KERNEL_SYMBOLS_UNPACK_H
#define GUESTS_KERNEL_SYMBOLS_UNPACK_H

#include "base/err.h"
#include "base/progress.h"
#include "guests/store/kernel.h"

/* Behind the name of the image's package, in any of Debian's layouts. */
#define SYMBOLS_SUFFIX "-dbg"

/*
 * Puts vmlinux and the modules that guests of @k load, all complete with debug info, from
 * the one package in the folder @debs into the folder @dir, and removes @debs. Fails when
 * one is not in it, or vmlinux is of another build than the kernel.
 */
struct err *kernel_symbols_unpack(const struct kernel *k, const char *debs, const char *dir,
				  const struct progress *say) __must_check;

#endif
