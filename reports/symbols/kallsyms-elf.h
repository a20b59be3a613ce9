/* SPDX-License-Identifier: GPL-2.0-only */
/* The names of a running kernel as a file that debuggers read. */
#ifndef REPORTS_SYMBOLS_KALLSYMS_ELF_H
#define REPORTS_SYMBOLS_KALLSYMS_ELF_H

#include "base/err.h"
#include "reports/symbols/names.h"

/*
 * Writes an ELF file to @path in which @names, those of modules too, are symbols of a section without
 * bytes. ERR_INFRA: there is no name.
 */
struct err *kallsyms_write_elf(const struct names *names, const char *path) __must_check;

#endif
