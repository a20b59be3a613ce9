/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading struct pages from guest memory, and decoding them. For ledger.c. */
#ifndef INJECT_LEDGER_PAGE_H
#define INJECT_LEDGER_PAGE_H

#include "inject/pages/ledger.h"

/* sizeof(struct page) is 64 in distribution kernels; debug options add some words. */
#define LEDGER_SIZE_MAX 128

#define LEDGER_BLOCK 512u /* pages: DAX folios are no larger, and aligned to their size */

/*
 * The struct pages of some page frames, as spans of aligned blocks sorted by pfn. The bytes
 * of one span at a time are in memory ("at hand").
 */
struct image {
	struct image_span {
		uint64_t first, count; /* pages */
	} * spans;
	size_t n, at_hand; /* at_hand: the span in memory; n: none is */
	uint8_t *bytes;	   /* of that span */
};

/* Reads through @mem, within its budget. */
struct err *ledger_read(const struct ledger_memory *mem, uint64_t addr, void *out, size_t len)
	__must_check;

/* An error if the NVDIMMs have fewer pages than the guest asks about. */
struct err *ledger_check_claim(const struct ledger_layout *l, uint64_t pages) __must_check;

/* Covers the blocks that contain @rows, which are sorted by pfn. image_deinit() it. */
void image_init(struct image *im, const struct ledger_layout *l, const struct ledger_row *rows,
		size_t n);
void image_deinit(struct image *im);

/* True if the page @pfn of a row is in the span at hand. */
bool image_has(const struct image *im, uint64_t pfn);

/* Reads the span of the page @pfn of a row, in place of the span that was at hand. */
struct err *image_move(struct image *im, const struct ledger_layout *l,
		       const struct ledger_memory *mem, uint64_t pfn) __must_check;

/* The struct page, and in *@left the bytes at hand from there on; NULL: it is not at hand. */
const uint8_t *image_page(const struct image *im, const struct ledger_layout *l, uint64_t pfn,
			  size_t *left);

/* Is the kernel v6.15 or later? */
bool ledger_is_new(const struct ledger_layout *l);

/* A folio: a single page, or the head of a large folio. */
struct ledger_page {
	int32_t refs, maps, pins; /* pins: of a large folio, else 0 */
	uint64_t mapping, share;  /* share: the index, if one file owns the folio */
	uint32_t order;
	bool is_head;
	uint64_t head; /* pfn; the page's own unless it is a tail page */
};

/* Decodes the struct page of @pfn from @bytes, of which @left are valid. */
void ledger_page_decode(const struct ledger_layout *l, uint64_t pfn, const uint8_t *bytes,
			size_t left, struct ledger_page *out);

/* The number of page cache entries that own the page. */
uint64_t ledger_page_owners(const struct ledger_layout *l, const struct ledger_page *p);

/* Does it hold the mapping and index of its file? */
bool ledger_page_is_placed(const struct ledger_page *p);

#endif
