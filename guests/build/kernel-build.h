/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernels built from source. What was built before from the same source, fragments,
 * patches and compiler is in the store; what was built in part goes on.
 */
#ifndef GUESTS_KERNEL_BUILD_H
#define GUESTS_KERNEL_BUILD_H

#include "guests/store/kernel.h"

/*
 * The kernel that @spec, one that is built, means: from the store, or built into it, where
 * it is damaged (kernel_load_whole(), which takes @all) again.
 * With @find it is not built, nor looked at: *@out is NULL when the store has it not.
 * ERR_BUILD: the source does not compile. ERR_USAGE: there is no such source, a patch does
 * not apply, the configuration is not to be had.
 */
struct err *kernel_build(const char *data_dir, const struct kernel_spec *spec, bool find, bool all,
			 const struct progress *say, struct kernel **out) __must_check;

#endif
