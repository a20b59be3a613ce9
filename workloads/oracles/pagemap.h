/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How the processes of this program map and hold the pages of the NVDIMM, by page frame:
 * from their page tables, and from the pins. For ledger.c.
 */
#ifndef WORKLOADS_ORACLES_PAGEMAP_H
#define WORKLOADS_ORACLES_PAGEMAP_H

#include <sys/types.h>

#include "base/arch.h"
#include "wire/ledger.h"

#define NOTE_OWNERS_MAX 4u
#define PAGEMAP_PMD_PAGES (1u << PMD_ORDER)

/* One page that was mapped or pinned at some time. */
struct note {
	uint64_t pfn;
	uint32_t ptes, pmds, gets, pins;
	uint32_t owners; /* up to NOTE_OWNERS_MAX */
	struct {
		uint64_t inode, index;
	} owner[NOTE_OWNERS_MAX];
	char name[LEDGER_NAME_MAX]; /* the file that had it last, at index */
	uint64_t index;
};

struct pagemap {
	uint64_t first, pages; /* page frames of the namespace */
	dev_t dev;	       /* st_dev of files of a filesystem on it */
	bool huge;	       /* the kernel reports 2 MiB entries (PAGEMAP_SCAN) */
	bool children;	       /* the kernel lists the children of a thread (PROC_CHILDREN) */
	uint32_t *slots;       /* for each page: the index of its note + 1, or 0 */
	uint64_t low, high;    /* pages outside of [low, high) have no note */
	struct note *notes;
	size_t n, room;
};

/* Sets up @b for block device @pmem, "/dev/pmem0". NULL, or why that failed (static). */
const char *pagemap_init(struct pagemap *b, const char *pmem);

/* Resets the counts and owners of all notes, but keeps the notes. */
void pagemap_clear(struct pagemap *b);

/* The note of the page, created if it has none; NULL: the page is not in the namespace. */
struct note *pagemap_note(struct pagemap *b, uint64_t pfn);

/* Adds all that the page tables of this process and its descendants map. 0 or -errno. */
int pagemap_scan(struct pagemap *b);

/*
 * Stores the page frames that @pid (0: this process) maps at [@addr, @addr + @len) in @pfns, one
 * for each page of the range, 0 for a page that is not mapped. 0 or -errno.
 */
int pagemap_frames(pid_t pid, const void *addr, size_t len, uint64_t *pfns);

/* Stores the notes as at most @max rows, by page frame; returns the number of all rows. */
size_t pagemap_rows(struct pagemap *b, struct ledger_row *rows, size_t max);

#endif
