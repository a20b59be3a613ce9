/* SPDX-License-Identifier: GPL-2.0-only */
/* Struct pages as bytes, and what they say. For ledger.c. Pure but for the reading. */
#ifndef INJECT_LEDGER_PAGE_H
#define INJECT_LEDGER_PAGE_H

#include "inject/pages/ledger.h"

#define LEDGER_BLOCK 512u /* pages: no DAX folio is larger, and each is aligned so */

/*
 * The struct pages of some page frames: aligned blocks of them, by pfn, of which as much is
 * at hand as one read brings.
 */
struct image {
	struct image_span {
		uint64_t first, count; /* pages */
	} * spans;
	size_t n, at_hand; /* at_hand: n when none is */
	uint8_t *bytes;	   /* of that span */
};

/* Reads by @mem, within its budget. */
struct err *ledger_read(const struct ledger_memory *mem, uint64_t addr, void *out, size_t len)
	__must_check;

/* Of the blocks that @rows lie in, which are sorted by pfn. image_deinit() it. */
void image_init(struct image *im, const struct ledger_layout *l, const struct ledger_row *rows,
		size_t n);
void image_deinit(struct image *im);

/* True when the page @pfn of a row is in the span at hand. */
bool image_has(const struct image *im, uint64_t pfn);

/* Reads the span that the page @pfn of a row is in; what was at hand is so no more. */
struct err *image_move(struct image *im, const struct ledger_layout *l,
		       const struct ledger_memory *mem, uint64_t pfn) __must_check;

/* The struct page, and with *@left as many bytes as are at hand from it on; or NULL. */
const uint8_t *image_page(const struct image *im, const struct ledger_layout *l, uint64_t pfn,
			  size_t *left);

/* From v6.15 on. */
bool ledger_is_new(const struct ledger_layout *l);

/* A folio: a page by itself, or a large one by its head. */
struct ledger_page {
	int32_t refs, maps, pins; /* pins: of a large one, else 0 */
	uint64_t mapping, share;  /* share: the index, of what one file owns */
	uint32_t order;
	bool is_head;
	uint64_t head; /* pfn; its own unless it is a tail */
};

/* What @bytes, of which @left are there, say of the page @pfn. */
void ledger_page_decode(const struct ledger_layout *l, uint64_t pfn, const uint8_t *bytes,
			size_t left, struct ledger_page *out);

/* Entries of files that the page belongs to. */
uint64_t ledger_page_owners(const struct ledger_layout *l, const struct ledger_page *p);

/* It says of which file it is, and which page of it. */
bool ledger_page_is_placed(const struct ledger_page *p);

#endif
