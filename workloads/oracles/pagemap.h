/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What this program's processes hold of the NVDIMM's pages, by page frame: seen in their
 * page tables, and known of the pins. For ledger.c.
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
	char name[LEDGER_NAME_MAX]; /* where it was seen last */
	uint64_t index;
};

struct pagemap {
	uint64_t first, pages; /* page frames of the namespace */
	dev_t dev;	       /* what a filesystem on it has for st_dev */
	bool huge;	       /* 2 MiB entries can be told from others (PAGEMAP_SCAN) */
	bool children;	       /* the kernel lists those of a thread (PROC_CHILDREN) */
	uint32_t *slots;       /* by page: its note's place + 1 */
	uint64_t low, high;    /* pages outside of [low, high) have none */
	struct note *notes;
	size_t n, room;
};

/* Of block device @pmem, "/dev/pmem0". NULL, or why there can be none. */
const char *pagemap_init(struct pagemap *b, const char *pmem);

/* Forgets who holds what, not which pages there were. */
void pagemap_clear(struct pagemap *b);

/* The page's note, made if need be; NULL: it is none of the namespace's. */
struct note *pagemap_note(struct pagemap *b, uint64_t pfn);

/* Adds all that the page tables of this process and its descendants map. 0 or -errno. */
int pagemap_scan(struct pagemap *b);

/*
 * The page frames that @pid (0: this process) has mapped at [@addr, @addr + @len) go to @pfns, one
 * for each page touched, 0 where there is none. 0 or -errno.
 */
int pagemap_frames(pid_t pid, const void *addr, size_t len, uint64_t *pfns);

/* The notes as rows, at most @max, in order; the number there would be. */
size_t pagemap_rows(struct pagemap *b, struct ledger_row *rows, size_t max);

#endif
