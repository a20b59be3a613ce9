/* SPDX-License-Identifier: GPL-2.0-only */
/* The host's programs that a guest needs, with the libraries they are linked to. */
#ifndef GUESTS_TOOLS_H
#define GUESTS_TOOLS_H

#include "base/err.h"
#include "guests/archive/pack.h"

/*
 * Adds the programs (to /usr/sbin), the shared libraries (to where the host has
 * them), their configuration and the links a merged /usr has. A program that is
 * not installed is an error that names its package.
 */
struct err *tools_add(struct pack *pack) __must_check;

/*
 * The path of a program of the host, also where PATH, as users have it, does not
 * look (/usr/sbin). NULL if it is not installed; free() it.
 */
char *tools_find(const char *name);

/*
 * The next absolute path in what the dynamic linker prints for --list, from *@at
 * on; moves *@at behind it. NULL when there is none; free() it. Pure.
 */
char *tools_next_library(const char **at);

#endif
