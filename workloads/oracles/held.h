/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Decides whether a block is free under a page that somebody holds, when nobody says which pages
 * he holds. Pure, except for the functions of the caller's view.
 *
 * One look proves nothing: between two questions the page may be let go, its block be freed and
 * used again. So a page counts only if it was held with the same counts in the look before, its
 * block is free before and after it is seen held again, and no task of the program ran meanwhile:
 * what is free has no page, and only a task could give the block to a file and hold it.
 */
#ifndef WORKLOADS_ORACLES_HELD_H
#define WORKLOADS_ORACLES_HELD_H

#include "wire/ledger.h"
#include "workloads/oracles/fsmap.h"

#define HELD_MAX 4096u

struct held_list {
	struct ledger_held v[HELD_MAX]; /* by page frame */
	size_t n;
};

struct held_view {
	uint64_t first; /* page frame of the device's first byte */
	/* Stores those of @count pages from @pfn on that are held now. False: they are unknown. */
	bool (*held)(void *arg, uint64_t pfn, uint64_t count, struct held_list *out);
	/* As fsmap_free(). */
	int (*is_free)(void *arg, const struct extent *e, struct extent *out);
	/* Lets passing references go. */
	void (*wait)(void *arg);
	/* From here to still_end() the program's tasks are watched; with @stop they are stopped, too. */
	void (*still_begin)(void *arg, bool stop);
	/* True if none of them ran meanwhile. */
	bool (*still_end)(void *arg);
	void *arg;
};

enum held_answer {
	HELD_NONE,    /* no page is held */
	HELD_OWNED,   /* pages are held, and none is certain to be free */
	HELD_FREED,   /* *out is held and free */
	HELD_UNKNOWN, /* the struct pages or the free space cannot be read */
};

/*
 * Looks once at @count pages from @pfn on; @last has the pages that the look before found, and gets
 * those of this one. A page of a large folio counts only if all of the folio is free: which page
 * is held is not known.
 */
enum held_answer held_look(const struct held_view *view, uint64_t pfn, uint64_t count,
			   struct held_list *last, struct ledger_held *out);

#endif
