/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernels of the user's own, kept in the store (kernel.h). */
#ifndef GUESTS_KERNEL_ADD_H
#define GUESTS_KERNEL_ADD_H

#include "base/err.h"

/*
 * Copies the kernel that @word, a file: SPEC, names into the store, with its modules and
 * config, unless the store has it. *@spec is its name there, "store:file-RELEASE-HEX", the
 * same for the same contents; free() it. ERR_USAGE: as kernel_get().
 */
struct err *kernel_add(const char *data_dir, const char *word, char **spec) __must_check;

#endif
