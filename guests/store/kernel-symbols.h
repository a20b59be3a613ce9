/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The symbols of a kernel, with files and lines. A built kernel has them in its own folder
 * (kernel.h). Those of a packaged kernel come from another package, of about 1 GB:
 *
 *	DATA/symbols/KEY/vmlinux	of the kernel in DATA/kernels/KEY
 *	DATA/symbols/KEY/NAME.ko	of each module that guests load
 *	DATA/symbols/KEY/origin		"package ...", "version ...", one a line
 *	DATA/symbols/KEY/digests	of all these (digests.h)
 *
 * A folder there is complete. It is not used if its version differs from the kernel's. It is
 * not removed while the kernel is held.
 */
#ifndef GUESTS_KERNEL_SYMBOLS_H
#define GUESTS_KERNEL_SYMBOLS_H

#include "base/err.h"
#include "base/progress.h"
#include "guests/store/kernel.h"

/*
 * Sets *@vmlinux to an ELF file with DWARF, and *@modules to a folder with NAME.ko below it, or
 * NULL; free() both. ERR_USAGE: there are no symbols; ERR_INFRA: they are damaged. Both messages
 * say what to do. Reads all of the symbols to check them.
 */
struct err *kernel_symbols(const struct kernel *k, char **vmlinux, char **modules) __must_check;

/*
 * Fetches the symbols from the archive unless they exist and are intact. ERR_USAGE: no suite has
 * those of exactly this version, or the kernel is not from the archive.
 */
struct err *kernel_symbols_fetch(const char *data_dir, const struct kernel *k,
				 const struct progress *say) __must_check;

/*
 * Returns NULL if the files of @folder, a folder of symbols, are unchanged; else what is wrong.
 * A folder without digests is trusted, and gets them.
 */
struct err *kernel_symbols_check(const char *folder) __must_check;

/* The folder for the symbols of a packaged kernel, which need not exist; free() it. Pure. */
char *kernel_symbols_dir(const char *data_dir, const char *key);

/* Removes the symbols of kernels that @data_dir lacks, and what killed runs left. */
struct err *kernel_symbols_prune(const char *data_dir) __must_check;

#endif
