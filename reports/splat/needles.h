/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds the first of many literals in bytes, about as fast as memory can be read; faster
 * with SSSE3 and AVX2, with the same result. Pure.
 */
#ifndef REPORTS_NEEDLES_H
#define REPORTS_NEEDLES_H

#include "base/util.h"

#define NEEDLES_MAX 256 /* literals */
#define NEEDLE_MIN 3	/* bytes of a literal */
#define NEEDLE_MAX 64

/* How to search; the result is the same. */
enum needles_way {
	NEEDLES_PLAIN, /* any processor */
	NEEDLES_SSSE3,
	NEEDLES_AVX2,
};

struct needles;

/*
 * Copies @literals, which are case sensitive and constants of the program: too many, or one
 * that is too short or too long, end the program with a message. Uses the fastest way that
 * this CPU supports. Never NULL; free it with needles_destroy().
 */
struct needles *needles_create(const char *const *literals, size_t n);

/* NULL is fine. */
void needles_destroy(struct needles *n);

/* Uses @way from now on; false, without a change, when the CPU does not support it. */
bool needles_set_way(struct needles *n, enum needles_way way) __must_check;

/*
 * The offset of the first literal in @len bytes at @data; *@which is its index, the lowest
 * if several begin there. Returns @len and leaves *@which alone when there is none, or when
 * the end cuts it. Reads nothing outside of @data. Several threads may search at the same time.
 */
size_t needles_find(const struct needles *n, const void *data, size_t len, size_t *which);

#endif
