/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A growing byte buffer, always followed by a NUL that is not counted. Pure.
 * `struct buf b = BUF_INIT; buf_addf(&b, ...); ... buf_deinit(&b);`
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/util.h"

struct buf {
	char *data; /* NULL only before the first use: read it by buf_str() */
	size_t len; /* bytes, without the NUL */
	size_t cap;
};

#define BUF_INIT                                                                                   \
	{                                                                                          \
		NULL, 0, 0                                                                         \
	}

void buf_deinit(struct buf *b);
#define _cleanup_buf_ _cleanup_(buf_deinit)

void buf_add(struct buf *b, const void *data, size_t len);
void buf_adds(struct buf *b, const char *s);
void buf_addc(struct buf *b, char c);
void buf_addf(struct buf *b, const char *fmt, ...) __printf(2, 3);

/*
 * Adds at most @max bytes of untrusted @data so that the result is printable
 * ASCII on one line: other bytes become \n, \t, \\ or \xNN; "..." marks a cut.
 */
void buf_add_escaped(struct buf *b, const void *data, size_t len, size_t max);

/*
 * Adds @data, or of more than @max bytes its head and its tail, with a line between them that
 * says how many are missing; at most @max bytes in all. Below 128 only the head.
 */
void buf_add_middle_cut(struct buf *b, const void *data, size_t len, size_t max);

/* Drops the first @n bytes (all of them if there are fewer). */
void buf_consume(struct buf *b, size_t n);

/* Empties the buffer and keeps its memory. */
void buf_reset(struct buf *b);

/* The bytes as a string, "" for an empty buffer; valid until the next change. */
static inline const char *buf_str(const struct buf *b)
{
	return b->data ? b->data : "";
}

/* Returns the bytes (never NULL; the caller frees them) and resets the buffer. */
char *buf_take(struct buf *b);

#endif
