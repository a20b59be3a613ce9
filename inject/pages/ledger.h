/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's books on the pages of the NVDIMM, its struct pages, read from outside and
 * held against what the program of a case knows. Pure but for the reading, which is the
 * caller's.
 *
 * What must hold, in two generations, told apart by folio->share being there or not:
 *
 *			up to v6.14		from v6.15
 *	references	1 + gets + 1024 a pin	entries + gets + 1024 a pin
 *	  of a large one			entries + gets + pins, in its head
 *	pins of a large one			_pincount
 *	mapped		0			entries
 *	owners		mapping NULL: 0; other: 1; shared: the share count
 *
 * Owners are entries in the page caches of files; they outlive page table entries, so
 * there must be at least as many as places in files that are mapped. What one place alone
 * maps and owns says which page of its file it is, and all pages of a file have one mapping.
 * A page that nobody holds is order 0, and once the filesystem is gone it has no owner.
 */
#ifndef INJECT_LEDGER_H
#define INJECT_LEDGER_H

#include "base/err.h"
#include "base/rule.h"
#include "wire/ledger.h"

/* Where things are; fields the kernel has not are -1. */
struct ledger_layout {
	uint64_t vmemmap; /* address of pfn 0's struct page; 0: not told */
	uint64_t pages;	  /* that all NVDIMMs have, of the geometry and not of the guest */
	int size;	  /* of struct page */
	int flags, refcount, mapcount, mapping, share, head;	       /* in struct page */
	int head_flag;						       /* number of PG_head */
	int folio_share, folio_flags1, folio_mapcount, folio_pincount; /* in struct folio */
};

void ledger_layout_init(struct ledger_layout *l);

/* Takes a line of the agent, "page.refcount 52"; others are ignored. */
void ledger_layout_add(struct ledger_layout *l, const char *line);

/* Why it is no good, or NULL. */
const char *ledger_layout_lacks(const struct ledger_layout *l);

#define LEDGER_READ_MAX (1u << 20)

/* Reads @len bytes, LEDGER_READ_MAX at most, of kernel memory at @addr. */
struct ledger_memory {
	struct err *(*read)(void *arg, uint64_t addr, void *out, size_t len);
	void *arg;
	struct ledger_budget *budget; /* NULL: none */
};

/* What may be read still, and for how long: the pages to look at are a guest's word. */
struct ledger_budget {
	uint64_t bytes, ns;
	bool refused; /* more was asked for */
};

struct ledger_result {
	size_t wrong;		       /* pages that are not as they must be */
	enum rule rule;		       /* of the first, when there is one */
	char expected[96], found[160]; /* of it */
	struct buf table;	       /* of the first LEDGER_TABLE_MAX */
};

#define LEDGER_TABLE_MAX 16u

#define LEDGER_RESULT_INIT                                                                         \
	{                                                                                          \
		.table = BUF_INIT                                                                  \
	}
void ledger_result_deinit(struct ledger_result *r);

/*
 * Looks at every page of @rows, which may come in any order; all that is known to hold a
 * part of a large page must be among them. Fills @out, which was just initialised. An
 * error: they are more than the NVDIMMs have, the budget is spent, or the memory cannot be
 * read.
 */
struct err *ledger_check(const struct ledger_layout *l, const struct ledger_memory *mem,
			 const struct ledger_row *rows, size_t n, struct ledger_result *out)
	__must_check;

/* Nobody holds, maps or owns any of the @count pages from @pfn on: RULE_LEDGER_IDLE. */
struct err *ledger_check_idle(const struct ledger_layout *l, const struct ledger_memory *mem,
			      uint64_t pfn, uint64_t count, struct ledger_result *out) __must_check;

#endif
