/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bytes that a file, a private mapping or a pinned range must have after all
 * operations of the program. Pure; pattern.h defines the bytes.
 */
#ifndef WORKLOADS_SHADOW_H
#define WORKLOADS_SHADOW_H

#include "base/buf.h"

enum piece_kind {
	PIECE_ZERO,  /* hole, unwritten, punched: reads as zeroes */
	PIECE_DATA,  /* words of origin and gen; the first word has the
			   offset src of origin */
	PIECE_DMA,   /* as DATA, written by the device of a pin: any generation */
	PIECE_ANY,   /* not judged: two writers raced here */
	PIECE_BELOW, /* in overlays only: the bytes are those of the layer below */
};

struct piece {
	uint64_t off, len;
	enum piece_kind kind;
	unsigned int origin, gen;
	uint64_t src;
};

/* Pieces in order that cover [0, size) without gaps. */
struct shadow {
	struct piece *v;
	size_t n;
	uint64_t size;
};

#define SHADOW_INIT                                                                                \
	{                                                                                          \
		NULL, 0, 0                                                                         \
	}

void shadow_deinit(struct shadow *s);

/* Truncates to @size, or extends to it by a piece of kind @fill. */
void shadow_resize(struct shadow *s, uint64_t size, enum piece_kind fill);

/*
 * Replaces [off, off + len) by a piece like @p (whose off and len are not read). Grows
 * the shadow, with zeroes, when the range ends beyond it.
 */
void shadow_set(struct shadow *s, uint64_t off, uint64_t len, const struct piece *p);

/* Removes [off, off + len) and moves all after it down, as COLLAPSE_RANGE does. */
void shadow_collapse(struct shadow *s, uint64_t off, uint64_t len);

/* Inserts zeroes at @off and moves all after it up, as INSERT_RANGE does. */
void shadow_insert(struct shadow *s, uint64_t off, uint64_t len);

/*
 * Copies the pieces of [soff, soff + len) of @src to @off of @dst, growing it.
 * PIECE_BELOW is skipped: @dst stays as it is there. @src may be @dst.
 */
void shadow_copy(struct shadow *dst, uint64_t off, const struct shadow *src, uint64_t soff,
		 uint64_t len);

struct mismatch {
	uint64_t off;		 /* of the first wrong byte */
	uint64_t bytes;		 /* number of wrong bytes */
	struct piece expected;	 /* the piece that covers off */
	uint64_t found;		 /* the aligned word at off, as far as the data reaches */
	unsigned int dma_origin; /* of the first wrong word that the device of a pin wrote
				    (origin 128 to 254), 0: none */
	uint64_t dma_off;	 /* the offset of that word */
};

/* Whether both demand the same bytes, as far as these are known. */
bool shadow_equal(const struct shadow *a, const struct shadow *b);

/*
 * Compares @len bytes at @data, which were read at @off, with the shadow; bytes
 * beyond its size must be zero. When they differ, fills @m and returns false.
 */
bool shadow_check(const struct shadow *s, uint64_t off, const void *data, size_t len,
		  struct mismatch *m);

/* Fills @data with the bytes that the shadow demands; PIECE_DMA and PIECE_ANY as zeroes. */
void shadow_render(const struct shadow *s, uint64_t off, void *data, size_t len);

/*
 * Appends a description of @word: "zeroes", "file 'b' offset 0x1000 generation 2". @name
 * maps an origin to a name ("file 'b'", "pin 'p'"), or to NULL if it does not know it.
 */
void pattern_describe(struct buf *out, uint64_t word,
		      const char *(*name)(void *arg, unsigned int origin), void *arg);

#endif
