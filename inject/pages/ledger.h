/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads the struct pages of the NVDIMM from outside the guest and compares them with the
 * references that the program of a case knows of. Pure, except that the caller's function
 * reads the guest's memory.
 *
 * What must hold, in two generations of kernels; those with folio->share are the new ones:
 *
 *			up to v6.14		from v6.15
 *	references	1 + gets + 1024 a pin	entries + gets + 1024 a pin
 *	  of a large folio			entries + gets + pins, in its head
 *	pins of a large folio			_pincount
 *	mapped		0			entries
 *	owners		mapping NULL: 0; other: 1; shared: the share count
 *
 * Owners are page cache entries. They outlive page table entries, so there must be at least
 * as many as mapped places in files. A page with one owner and one mapped place has the
 * index of that place, and all pages of a file have the same mapping. A page without
 * references is of order 0, and after umount it has no owner.
 */
#ifndef INJECT_LEDGER_H
#define INJECT_LEDGER_H

#include "base/err.h"
#include "base/rule.h"
#include "wire/ledger.h"

/* Offsets in bytes; -1 for fields that the kernel lacks. */
struct ledger_layout {
	uint64_t vmemmap; /* address of pfn 0's struct page; 0: unknown */
	uint64_t pages;	  /* in all NVDIMMs, by the geometry: the guest is not trusted */
	int size;	  /* of struct page */
	int flags, refcount, mapcount, mapping, share, head;	       /* in struct page */
	int head_flag;						       /* number of PG_head */
	int folio_share, folio_flags1, folio_mapcount, folio_pincount; /* in struct folio */
};

void ledger_layout_init(struct ledger_layout *l);

/* Reads a line of the agent such as "page.refcount 52"; ignores unknown ones. */
void ledger_layout_add(struct ledger_layout *l, const char *line);

/* Why the layout cannot be used, or NULL. */
const char *ledger_layout_lacks(const struct ledger_layout *l);

#define LEDGER_READ_MAX (1u << 20)

/* Reads @len bytes, LEDGER_READ_MAX at most, of kernel memory at @addr. */
struct ledger_memory {
	struct err *(*read)(void *arg, uint64_t addr, void *out, size_t len);
	void *arg;
	struct ledger_budget *budget; /* NULL: none */
};

/* How much may still be read, and for how long: the guest chooses the pages to look at. */
struct ledger_budget {
	uint64_t bytes, ns;
	bool refused; /* the guest asked for more */
};

struct ledger_result {
	size_t wrong;		       /* pages that break a rule */
	enum rule rule;		       /* of the first finding, if wrong is not 0 */
	char expected[96], found[160]; /* of the first finding */
	struct buf table;	       /* of the first LEDGER_TABLE_MAX findings */
};

#define LEDGER_TABLE_MAX 16u

#define LEDGER_RESULT_INIT                                                                         \
	{                                                                                          \
		.table = BUF_INIT                                                                  \
	}
void ledger_result_deinit(struct ledger_result *r);

/*
 * Checks every page of @rows, which may come in any order. If a page of a large folio is
 * among them, so must be all known references to that folio. Fills @out, which was just
 * initialised. Fails if @rows have more pages than the NVDIMMs, if the budget is spent, or
 * if the memory cannot be read.
 */
struct err *ledger_check(const struct ledger_layout *l, const struct ledger_memory *mem,
			 const struct ledger_row *rows, size_t n, struct ledger_result *out)
	__must_check;

/* Checks that the @count pages from @pfn on are not held, mapped or owned: RULE_LEDGER_IDLE. */
struct err *ledger_check_idle(const struct ledger_layout *l, const struct ledger_memory *mem,
			      uint64_t pfn, uint64_t count, struct ledger_result *out) __must_check;

/*
 * Finds the first @max runs of the @count pages from @pfn on that have more references than
 * their mappings, and an idle page, have. Stores them and their number *@n; *@next is where to
 * go on, @pfn + @count at the end. Fails as ledger_check().
 */
struct err *ledger_find_held(const struct ledger_layout *l, const struct ledger_memory *mem,
			     uint64_t pfn, uint64_t count, struct ledger_held *out, size_t max,
			     size_t *n, uint64_t *next) __must_check;

/*
 * Adds to @out, a line each, what the struct page of @pfn says of the folio that it belongs to.
 * @l must lack nothing (ledger_layout_lacks()) and have vmemmap. Fails as ledger_check().
 */
struct err *ledger_describe(const struct ledger_layout *l, const struct ledger_memory *mem,
			    uint64_t pfn, struct buf *out) __must_check;

#endif
