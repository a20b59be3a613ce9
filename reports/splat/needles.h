/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds the first of many literals in bytes, about as fast as memory is read. The same
 * on every x86-64, faster with SSSE3 and AVX2. Pure.
 */
#ifndef REPORTS_NEEDLES_H
#define REPORTS_NEEDLES_H

#include "base/util.h"

#define NEEDLES_MAX 256 /* literals */
#define NEEDLE_MIN 3	/* bytes of a literal */
#define NEEDLE_MAX 64

/* How it is searched; the result is the same. */
enum needles_way {
	NEEDLES_PLAIN, /* any processor */
	NEEDLES_SSSE3,
	NEEDLES_AVX2,
};

struct needles;

/*
 * @literals are a constant of the program, case sensitive, and copied: too many, or one
 * too short or too long, ends the program with a message. Searches in the best way this
 * processor has. Never NULL; end it with needles_destroy().
 */
struct needles *needles_create(const char *const *literals, size_t n);

/* NULL is fine. */
void needles_destroy(struct needles *n);

/* Searches in @way from now on; false and no change when the processor cannot. */
bool needles_set_way(struct needles *n, enum needles_way way) __must_check;

/*
 * Offset of the first place in @len bytes at @data where one of the literals begins, and
 * which one: the first in the table's order of those that begin there. @len, and *@which
 * is left alone, when there is none. A literal that is cut by the end is not found. Reads
 * nothing outside of @data. Any number of threads may search at once.
 */
size_t needles_find(const struct needles *n, const void *data, size_t len, size_t *which);

#endif
