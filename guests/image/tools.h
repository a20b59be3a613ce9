/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs of the host that a guest needs, and their shared libraries. */
#ifndef GUESTS_TOOLS_H
#define GUESTS_TOOLS_H

#include "base/err.h"
#include "guests/archive/pack.h"

/*
 * Adds the programs (to /usr/sbin), the shared libraries (to the host's paths), their
 * configuration and the links of a merged /usr. A program that is not installed is
 * an error that names its package.
 */
struct err *tools_add(struct pack *pack) __must_check;

/*
 * Adds the shared libraries of the ELF file  and its dynamic linker , at the
 * host's paths. ERR_PROGRAM: one of them is not installed.
 */
struct err *tools_add_libraries(struct pack *pack, const char *loader, const char *path)
	__must_check;

/*
 * The path of a program of the host, also in folders that a user's PATH often lacks
 * (/usr/sbin). NULL if it is not installed; free() it.
 */
char *tools_find(const char *name);

/*
 * The next absolute path in the output of the dynamic linker's --list, from *@at on;
 * moves *@at after it. NULL if there is none; free() it. Pure.
 */
char *tools_next_library(const char **at);

#endif
