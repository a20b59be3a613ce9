/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Is a kernel in the store unchanged? Compares it with its digests (digests.h). A kernel of
 * an older daxrig has none: it is trusted at its first use, and gets them then.
 */
#ifndef GUESTS_KERNEL_CHECK_H
#define GUESTS_KERNEL_CHECK_H

#include "base/err.h"
#include "guests/store/kernel.h"

/*
 * As kernel_load(), but also checks the digests of the files that a guest needs: vmlinuz,
 * config, its modules and their indexes; with @all of every file. *@out is NULL if there is no
 * such kernel, or it is damaged; then *@wrong, if the reason is known, says how. err_free() it.
 */
struct err *kernel_load_whole(const char *dir, const char *key, const char *spec, bool all,
			      const struct progress *say, struct kernel **out, struct err **wrong)
	__must_check;

/* Names the commands that repair the damaged kernel @key in @dir; free() it. */
char *kernel_mend(const char *dir, const char *key);

/*
 * Adds to @err, why the kernel @spec could not be made again, the damage @wrong that was to be
 * repaired. Returns @err unchanged if either is NULL. Takes @err.
 */
struct err *kernel_not_mended(struct err *err, const char *spec, const struct err *wrong)
	__must_check;

#endif
