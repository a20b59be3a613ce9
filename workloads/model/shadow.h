/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the bytes of a file, a private mapping or a pinned range must be, after all
 * that the program did to them. Pure; the language of bytes is pattern.h.
 */
#ifndef WORKLOADS_SHADOW_H
#define WORKLOADS_SHADOW_H

#include "base/buf.h"

enum piece_kind {
	PIECE_ZERO,  /* hole, unwritten, punched: reads as zeroes */
	PIECE_DATA,  /* words of origin and gen; word at the piece's start stands
			   for origin offset src */
	PIECE_DMA,   /* as DATA, written by a pin's device: any generation */
	PIECE_ANY,   /* not judged: two writers met here */
	PIECE_BELOW, /* overlays only: nothing here, look at what lies beneath */
};

struct piece {
	uint64_t off, len;
	enum piece_kind kind;
	unsigned int origin, gen;
	uint64_t src;
};

/* Pieces in order, without gaps, that cover [0, size). */
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

/* Cuts off, or adds PIECE_ZERO (@fill) up to @size. */
void shadow_resize(struct shadow *s, uint64_t size, enum piece_kind fill);

/*
 * Replaces [off, off + len) by a piece like @p (its off and len are not read),
 * growing the shadow with zeroes when the range ends past it.
 */
void shadow_set(struct shadow *s, uint64_t off, uint64_t len, const struct piece *p);

/* [off, off + len) goes, what follows moves down; as COLLAPSE_RANGE. */
void shadow_collapse(struct shadow *s, uint64_t off, uint64_t len);

/* Zeroes come in at @off, what follows moves up; as INSERT_RANGE. */
void shadow_insert(struct shadow *s, uint64_t off, uint64_t len);

/*
 * Copies the pieces of [soff, soff + len) of @src to @off of @dst, growing it.
 * PIECE_BELOW is skipped: what lies there in @dst stays. @src may be @dst.
 */
void shadow_copy(struct shadow *dst, uint64_t off, const struct shadow *src, uint64_t soff,
		 uint64_t len);

struct mismatch {
	uint64_t off;		 /* of the first wrong byte */
	uint64_t bytes;		 /* how many are wrong in all */
	struct piece expected;	 /* the piece it should have been from */
	uint64_t found;		 /* the aligned word there, as far as the data reaches */
	unsigned int dma_origin; /* of the first wrong word that a pin's device wrote
				    (origin 128 to 254), 0 when there is none */
	uint64_t dma_off;	 /* and where it stands */
};

/* Whether both stand for the same bytes, as far as that is known of each. */
bool shadow_equal(const struct shadow *a, const struct shadow *b);

/*
 * Compares @len bytes at @data, which were read at @off, with the shadow; what
 * lies past its size must be zero. False and @m filled when they differ.
 */
bool shadow_check(const struct shadow *s, uint64_t off, const void *data, size_t len,
		  struct mismatch *m);

/* The bytes the shadow stands for; PIECE_DMA and PIECE_ANY come out as zeroes. */
void shadow_render(const struct shadow *s, uint64_t off, void *data, size_t len);

/*
 * Puts @word in words: "zeroes", "file 'b' offset 0x1000 generation 2". @name maps
 * an origin to a name ("file 'b'", "pin 'p'"), or NULL for one it does not know.
 */
void pattern_describe(struct buf *out, uint64_t word,
		      const char *(*name)(void *arg, unsigned int origin), void *arg);

#endif
