/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernels built from source. A kernel that was built before, from the same source, fragments,
 * patches and compiler, comes from the store; an interrupted build is continued.
 */
#ifndef GUESTS_KERNEL_BUILD_H
#define GUESTS_KERNEL_BUILD_H

#include "guests/store/kernel.h"

/*
 * Gets the kernel of @spec, which must be built from source: from the store, or by building
 * it into the store. Builds it again if it is damaged; @all is for kernel_load_whole(), which
 * finds that out. With @find it neither builds nor checks: *@out is NULL if the store lacks
 * the kernel. ERR_BUILD: the source does not compile. ERR_USAGE: there is no such source, a
 * patch does not apply, or Kconfig rejects an option.
 */
struct err *kernel_build(const char *data_dir, const struct kernel_spec *spec, bool find, bool all,
			 const struct progress *say, struct kernel **out) __must_check;

#endif
