/* SPDX-License-Identifier: GPL-2.0-only */
/* The functions in a guest's /proc/kallsyms. Pure. */
#ifndef REPORTS_SYMBOLS_NAMES_H
#define REPORTS_SYMBOLS_NAMES_H

#include "base/buf.h"

#define NAMES_COUNT_MAX 2000000u
#define NAMES_FUNCTION_MAX (1u << 20) /* bytes: the last one before a gap is not so long */

struct name {
	uint64_t addr;
	size_t size; /* to the next address, at most to the end of the page at a module's end */
	const char *name, *module; /* printable ASCII; module "": the kernel itself */
};

struct names {
	struct name *v; /* by address; of several at one address all are there */
	size_t n;
	uint64_t init_from, init_to; /* code that only the boot runs; 0: not known */
	struct buf strings;
};

/* Reads whole lines of @text; those that name no function are left out. names_deinit() @out. */
void names_parse(const struct buf *text, struct names *out);
void names_deinit(struct names *n);

#endif
