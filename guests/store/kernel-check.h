/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Is a kernel in the store as it was made? By its digests (digests.h). One that was made
 * before there were any is trusted when it is used first, and gets them then.
 */
#ifndef GUESTS_KERNEL_CHECK_H
#define GUESTS_KERNEL_CHECK_H

#include "base/err.h"
#include "guests/store/kernel.h"

/*
 * As kernel_load(), and looks at what a guest gets: vmlinuz, config, the modules it loads
 * and their indexes; with @all at every file. *@out is NULL when the kernel is not there, or
 * damaged: then *@wrong, err_free() it, says how, if that is known.
 */
struct err *kernel_load_whole(const char *dir, const char *key, const char *spec, bool all,
			      const struct progress *say, struct kernel **out, struct err **wrong)
	__must_check;

/* Which commands make the damaged kernel @key in @dir good; free() it. */
char *kernel_mend(const char *dir, const char *key);

/*
 * What kept the kernel @spec from being made again, @err if any, with why that was to be:
 * @wrong, NULL when it was not damaged. Takes @err.
 */
struct err *kernel_not_mended(struct err *err, const char *spec, const struct err *wrong)
	__must_check;

#endif
