/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to the model: the store, and the blocks of files. Offsets and lengths are bytes. */
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

/* The PIECE_DATA of @blocks that covers @off, or NULL. */
const struct piece *blocks_at(const struct shadow *blocks, uint64_t off);

/* Adds @len zero bytes to the store; returns where they begin. */
uint64_t store_take(struct model *m, uint64_t len);

/* Copies [from, from + len) of @bytes to the blocks of [off, off + len), which has no holes. */
void store_put(struct model *m, const struct shadow *blocks, uint64_t off,
	       const struct shadow *bytes, uint64_t from, uint64_t len);

/*
 * Fills @out with the bytes that @blocks have at [off, off + len), zeroes for holes;
 * PIECE_BELOW stays PIECE_BELOW.
 */
void store_get(const struct model *m, const struct shadow *blocks, uint64_t off, uint64_t len,
	       struct shadow *out);

/* Gives all pages of the range new blocks in @state (BLOCK_WRITTEN or BLOCK_UNWRITTEN). */
void blocks_new(struct model *m, struct model_file *f, uint64_t off, uint64_t len,
		unsigned int state);

/*
 * Acts as a write fault on the range: a hole gets a block, an unwritten block becomes
 * written, and a shared block is copied to a new block of the file.
 */
void blocks_own(struct model *m, struct model_file *f, uint64_t off, uint64_t len);

/* store_put() on the blocks of @f. */
void blocks_put(struct model *m, struct model_file *f, uint64_t off, const struct shadow *bytes,
		uint64_t from, uint64_t len);

/* Zeroes part of a page; a hole stays a hole. */
void blocks_zero(struct model *m, struct model_file *f, uint64_t off, uint64_t len);

/* To be called after a store: the devices of pins at once overwrite their lanes again. */
void model_lanes_go_on(struct model *m);

#endif
