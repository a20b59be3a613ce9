/* SPDX-License-Identifier: GPL-2.0-only */
/* The names of a running kernel as a file that debuggers read. */
#ifndef REPORTS_SYMBOLS_KALLSYMS_ELF_H
#define REPORTS_SYMBOLS_KALLSYMS_ELF_H

#include "base/err.h"

#define KALLSYMS_NAMES_MAX 2000000u

/*
 * Writes an ELF file to @path with the functions, as symbols of a section without bytes, and the
 * other names, as plain addresses, of the @len bytes of a /proc/kallsyms at @text: those of
 * modules, too. Lines that are none are left out. ERR_INFRA: it has no function.
 */
struct err *kallsyms_write_elf(const char *text, size_t len, const char *path) __must_check;

#endif
