/* SPDX-License-Identifier: GPL-2.0-only */
/* Struct pages in memory, for tests of what reads them. */
#ifndef INJECT_TESTS_MADE_UP_PAGES_H
#define INJECT_TESTS_MADE_UP_PAGES_H

#include <string.h>

#include "inject/pages/ledger.h"

#define VMEMMAP 0xffffea0000000000ull
#define SIZE 64
#define FIRST 0x100000ull /* pfn */
#define PAGES 2048u
#define MAPPING 0xffff888000001000ull

enum { FLAGS = 0, HEAD = 8, MAPPING_AT = 24, SHARE = 32, MAPCOUNT = 48, REFCOUNT = 52 };
enum { FLAGS1 = 64, LARGE_MAPCOUNT = 80, PINCOUNT = 92 };

static uint8_t memory[PAGES * SIZE];
static unsigned int reads;
static size_t longest; /* of the reads, in bytes */

static struct err *read_memory(void *arg, uint64_t addr, void *out, size_t len)
{
	uint64_t at = addr - (VMEMMAP + FIRST * SIZE);

	(void)arg;
	reads++;
	longest = MAX(longest, len);
	if (at > sizeof(memory) || len > sizeof(memory) - at)
		return err_create(ERR_INFRA, "nothing is mapped at %#llx",
				  (unsigned long long)addr);
	memcpy(out, memory + at, len);
	return NULL;
}

static const struct ledger_memory mem = { read_memory, NULL, NULL };

static const char *const old_lines[] = {
	"page.size 64",	    "page.flags 0",    "page.refcount 52",
	"page.mapcount 48", "page.mapping 24", "page.share 32",
	"page.head 8",	    "flag.head 6",     NULL,
};

static const char *const new_lines[] = {
	"folio.share 32", "folio.flags1 64", "folio.mapcount 80", "folio.pincount 92", NULL,
};

static inline struct ledger_layout layout(bool new)
{
	struct ledger_layout l;

	ledger_layout_init(&l);
	l.vmemmap = VMEMMAP;
	l.pages = PAGES;
	for (size_t i = 0; old_lines[i]; i++)
		ledger_layout_add(&l, old_lines[i]);
	for (size_t i = 0; new &&new_lines[i]; i++)
		ledger_layout_add(&l, new_lines[i]);
	return l;
}

static inline void put32(unsigned int page, unsigned int at, int32_t v)
{
	memcpy(memory + page * SIZE + at, &v, sizeof(v));
}

static inline void put64(unsigned int page, unsigned int at, uint64_t v)
{
	memcpy(memory + page * SIZE + at, &v, sizeof(v));
}

static inline void all_idle(bool new)
{
	memset(memory, 0, sizeof(memory));
	for (unsigned int i = 0; i < PAGES; i++) {
		put32(i, REFCOUNT, new ? 0 : 1);
		put32(i, MAPCOUNT, -1);
	}
}

/* Makes pages 512.. one folio of order 9; @mask: with tail pages as in 7.x. */
static inline void make_large(bool mask)
{
	put64(512, FLAGS, 1 << 6);
	put64(512, FLAGS1, 9);
	put32(512, LARGE_MAPCOUNT, -1);
	for (unsigned int i = 513; i < 1024; i++)
		put64(i, HEAD,
		      mask ? ~(uint64_t)(512 * SIZE - 1) | 1 : VMEMMAP + (FIRST + 512) * SIZE + 1);
	put32(512, PINCOUNT, 0);
}

#endif
