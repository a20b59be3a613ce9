/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the symbols of a kernel are, with files and lines. A built kernel has its own in its
 * folder (kernel.h). Those of a packaged one are another package, of about 1 GB:
 *
 *	DATA/symbols/KEY/vmlinux	of the kernel in DATA/kernels/KEY
 *	DATA/symbols/KEY/NAME.ko	of each module that guests load
 *	DATA/symbols/KEY/origin		"package ...", "version ...", one a line
 *	DATA/symbols/KEY/digests	of all these (digests.h)
 *
 * A folder there is complete, and of no use when its version is not its kernel's. Nobody
 * removes it while the kernel is held.
 */
#ifndef GUESTS_KERNEL_SYMBOLS_H
#define GUESTS_KERNEL_SYMBOLS_H

#include "base/err.h"
#include "base/progress.h"
#include "guests/store/kernel.h"

/*
 * @vmlinux is an ELF file with DWARF, @modules a folder below which NAME.ko are, or NULL;
 * free() both. ERR_USAGE, which says what to do, when there are none; ERR_INFRA, which does
 * so too, when they are damaged. All of them is read for that.
 */
struct err *kernel_symbols(const struct kernel *k, char **vmlinux, char **modules) __must_check;

/*
 * Gets them from the archive unless they are there, and whole. ERR_USAGE: no suite has those of the
 * kernel's very version, or it is not from the archive.
 */
struct err *kernel_symbols_fetch(const char *data_dir, const struct kernel *k,
				 const struct progress *say) __must_check;

/*
 * NULL when the files of @folder, of symbols, are as they were made; else what is wrong. One
 * without digests is trusted, and gets them.
 */
struct err *kernel_symbols_check(const char *folder) __must_check;

/* The folder for those of a packaged kernel, there or not; free() it. Pure. */
char *kernel_symbols_dir(const char *data_dir, const char *key);

/* Removes those of which @data_dir has no kernel, and what killed runs left. */
struct err *kernel_symbols_prune(const char *data_dir) __must_check;

#endif
