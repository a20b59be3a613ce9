/* SPDX-License-Identifier: GPL-2.0-only */
/* What a program of the host needs to run in a guest. */
#ifndef GUESTS_PROGRAMS_H
#define GUESTS_PROGRAMS_H

#include "base/err.h"
#include "guests/archive/pack.h"

/* What a file that comes along with a program needs: nothing, unless it is one itself. */
struct err *programs_add_helper(struct pack *pack, const char *path) __must_check;

/*
 * Adds the shared libraries and the dynamic linker of the ELF file @path, at the host's paths;
 * of a script ("#!") its interpreter with what that needs. A shell with the usual tools
 * (busybox) comes along when the host has it, and must be there for a script. ERR_USAGE: @path
 * is neither, or is for another machine; ERR_PROGRAM: a library of it is missing here.
 */
struct err *programs_add_needs(struct pack *pack, const char *path) __must_check;

/* Adds that shell alone. ERR_INFRA: the host has none. */
struct err *programs_add_shell(struct pack *pack) __must_check;

#endif
