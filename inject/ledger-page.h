/* SPDX-License-Identifier: GPL-2.0-only */
/* Struct pages as bytes, and what they say. For ledger.c. Pure but for image_load(). */
#ifndef INJECT_LEDGER_PAGE_H
#define INJECT_LEDGER_PAGE_H

#include "inject/ledger.h"

#define LEDGER_BLOCK 512u	/* pages: no DAX folio is larger, and each is aligned so */

/* The struct pages of some page frames: aligned blocks of them, by pfn. */
struct image {
	struct image_span {
		uint64_t first, count;	/* pages */
		uint8_t *bytes;
	} *spans;
	size_t n;
};

/* Reads the blocks that @rows lie in, which are sorted by pfn. image_deinit() always. */
struct err *image_load(struct image *im, const struct ledger_layout *l,
		       const struct ledger_memory *mem, const struct ledger_row *rows, size_t n)
	__must_check;
void image_deinit(struct image *im);

/* The struct page, and with *@left as many bytes as are there from it on; or NULL. */
const uint8_t *image_page(const struct image *im, const struct ledger_layout *l, uint64_t pfn,
			  size_t *left);

/* From v6.15 on. */
bool ledger_is_new(const struct ledger_layout *l);

/* A folio: a page by itself, or a large one by its head. */
struct ledger_page {
	int32_t refs, maps, pins;	/* pins: of a large one, else 0 */
	uint64_t mapping, share;	/* share: the index, of what one file owns */
	uint32_t order;
	bool is_head;
	uint64_t head;			/* pfn; its own unless it is a tail */
};

/* What @bytes, of which @left are there, say of the page @pfn. */
void ledger_page_decode(const struct ledger_layout *l, uint64_t pfn, const uint8_t *bytes,
			size_t left, struct ledger_page *out);

/* Entries of files that the page belongs to. */
uint64_t ledger_page_owners(const struct ledger_layout *l, const struct ledger_page *p);

/* It says of which file it is, and which page of it. */
bool ledger_page_is_placed(const struct ledger_page *p);

#endif
