/* SPDX-License-Identifier: GPL-2.0-only */
/* From folders and files to struct kernel. */
#ifndef GUESTS_KERNEL_LOAD_H
#define GUESTS_KERNEL_LOAD_H

#include "base/err.h"
#include "guests/store/kernel.h"

/*
 * The kernel in the folder @dir of the store, held until kernel_free(). *@out NULL: it is
 * no kernel's folder, or a damaged one. Its config is not judged.
 */
struct err *kernel_load(const char *dir, const char *key, const char *spec, struct kernel **out)
	__must_check;

/* What was said to get the kernel in @dir, damaged perhaps; NULL: not known; free() it. */
char *kernel_origin(const char *dir);

/* The kernel that @spec, a KERNEL_SPEC_FILE, names. Its config is not judged. */
struct err *kernel_load_file(const struct kernel_spec *spec, struct kernel **out) __must_check;

/* ERR_USAGE when its config is known and lacks what daxrig needs. */
struct err *kernel_check_config(const struct kernel *k) __must_check;

#endif
