/* SPDX-License-Identifier: GPL-2.0-only */
/* The model's inside: the store, and the blocks of files. Offsets are bytes. */
#ifndef WORKLOADS_MODEL_BLOCKS_H
#define WORKLOADS_MODEL_BLOCKS_H

#include "workloads/model/model.h"

static inline uint64_t page_down(uint64_t off)
{
	return off / MODEL_PAGE * MODEL_PAGE;
}

static inline uint64_t page_up(uint64_t off)
{
	return page_down(off + MODEL_PAGE - 1);
}

/* The PIECE_DATA at @off, or NULL. */
const struct piece *blocks_at(const struct shadow *blocks, uint64_t off);

/* @len fresh bytes of the store, which are zero; where they begin. */
uint64_t store_take(struct model *m, uint64_t len);

/* Copies [from, from + len) of @bytes to where @blocks has [off, off + len); no holes there. */
void store_put(struct model *m, const struct shadow *blocks, uint64_t off,
	       const struct shadow *bytes, uint64_t from, uint64_t len);

/*
 * Fills @out with what @blocks show at [off, off + len), zeroes for holes; what is
 * PIECE_BELOW stays so.
 */
void store_get(const struct model *m, const struct shadow *blocks, uint64_t off, uint64_t len,
	       struct shadow *out);

/* New blocks in @state beneath the whole pages of a range. */
void blocks_new(struct model *m, struct model_file *f, uint64_t off, uint64_t len,
		unsigned int state);

/*
 * As a write fault does: pages of the range that are holes get a block, unwritten ones
 * become written, and a shared one is copied to a block of the file's own.
 */
void blocks_own(struct model *m, struct model_file *f, uint64_t off, uint64_t len);

/* As store_put(), on @f's blocks. */
void blocks_put(struct model *m, struct model_file *f, uint64_t off, const struct shadow *bytes,
		uint64_t from, uint64_t len);

/* Zeroes in the part of a page; nothing to do in a hole. */
void blocks_zero(struct model *m, struct model_file *f, uint64_t off, uint64_t len);

/* Something was stored; what devices write lies above it again at once. */
void model_lanes_go_on(struct model *m);

#endif
