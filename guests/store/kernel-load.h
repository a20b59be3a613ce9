/* SPDX-License-Identifier: GPL-2.0-only */
/* From folders and files to struct kernel. */
#ifndef GUESTS_KERNEL_LOAD_H
#define GUESTS_KERNEL_LOAD_H

#include "base/err.h"
#include "guests/store/kernel.h"

/*
 * Loads the kernel in the folder @dir of the store, and holds it until kernel_free(). *@out
 * NULL: the folder has no kernel, or a damaged one. Does not check the config.
 */
struct err *kernel_load(const char *dir, const char *key, const char *spec, struct kernel **out)
	__must_check;

/* The SPEC by which the kernel in @dir, perhaps damaged, was got; NULL: unknown; free() it. */
char *kernel_origin(const char *dir);

/* Loads the kernel that @spec, a KERNEL_SPEC_FILE, names. Does not check the config. */
struct err *kernel_load_file(const struct kernel_spec *spec, struct kernel **out) __must_check;

/* ERR_USAGE if the config is known and lacks an option that daxrig needs. */
struct err *kernel_check_config(const struct kernel *k) __must_check;

#endif
