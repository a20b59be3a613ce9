/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What of each function of a scope ran in a run: from the maps that QEMU's plugin fills
 * (base/code-map.h) and the guests' lists of names. Counted are bytes of instructions, in blocks
 * that QEMU translated in order to run them: an exception in the middle of a block ends it early.
 */
#ifndef REPORTS_COVERAGE_H
#define REPORTS_COVERAGE_H

#include "base/buf.h"
#include "base/err.h"
#include "reports/coverage/scope.h"
#include "reports/symbols/symbols.h"

struct coverage_function {
	char *name, *module; /* printable ASCII; module "": the kernel itself */
	unsigned int nth;    /* among those of this name in its module, by address, from 0 */
	int line;	     /* of the scope */
	uint64_t addr;	     /* in the guests that were added first */
	size_t size;	     /* bytes, without the padding at its end */
	size_t room;	     /* bytes to the next name, as the kernel counts */
	size_t ran;	     /* of these */
	uint8_t *bits;	     /* a bit for each byte that ran */
};

/* Sorted by line, name, module, nth. */
struct coverage {
	struct coverage_function *v;
	size_t n;
};

/* The code of the kernel itself as it is in memory, to tell padding; borrowed. */
struct coverage_code {
	uint64_t from;
	const uint8_t *data;
	size_t len; /* 0: not known, and padding counts as code */
};

/*
 * Reads what ran in guests that share @map, CODE_MAP_BYTES, and have the functions of @names, lines
 * of /proc/kallsyms, which are not trusted. coverage_deinit() *@out, also after an error. ERR_INFRA:
 * no line names a function.
 */
struct err *coverage_read(struct coverage *out, const struct scope *s, const struct buf *names,
			  const uint8_t *map, const struct coverage_code *code) __must_check;

/* Adds what ran in other guests of the kernel, whose functions may lie elsewhere. */
void coverage_merge(struct coverage *c, const struct coverage *from);

void coverage_deinit(struct coverage *c);

/* The same function in another run of the kernel; NULL: it is not there. */
const struct coverage_function *coverage_same(const struct coverage *c,
					      const struct coverage_function *f);

static inline bool coverage_ran(const struct coverage_function *f, size_t offset)
{
	return f->bits[offset / 8] >> (offset % 8) & 1;
}

/* The length of the @len bytes of code without the padding at their end. Pure. */
size_t coverage_trim(const uint8_t *code, size_t len);

/* coverage-print.c: each file of the scope with its functions, and their sums. */
void coverage_print(const struct coverage *c, const struct scope *s);

/* Only the functions that were not entered, one a line. */
void coverage_print_missing(const struct coverage *c, const struct scope *s);

/*
 * coverage-info.c: a tracefile for genhtml, by the lines of @symbols. A line ran if any of its
 * instructions did. Returns the number of functions that they do not know, which are left out.
 */
size_t coverage_print_info(const struct coverage *c, struct symbols *symbols);

/* What @b ran beyond @a; returns the number of functions that have something. */
size_t coverage_print_beyond(const struct coverage *a, const struct coverage *b,
			     const struct scope *s);

#endif
