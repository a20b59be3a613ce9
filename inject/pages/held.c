/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds the pages that somebody holds, whoever it is: no program says which it pinned. */
#include "inject/pages/ledger-page.h"

/* References that neither the mappings of a page nor its being idle account for. */
static int64_t beyond(const struct ledger_layout *l, const struct ledger_page *p)
{
	return (int64_t)p->refs - (ledger_is_new(l) ? p->maps : 1);
}

static bool joins(const struct ledger_held *last, const struct ledger_held *h)
{
	return !last->large && !h->large && last->pfn + last->count == h->pfn &&
	       last->refs == h->refs && last->maps == h->maps;
}

/* False: @out is full. */
static bool add(struct ledger_held *out, size_t *n, size_t max, const struct ledger_held *h)
{
	if (*n && joins(&out[*n - 1], h)) {
		out[*n - 1].count++;
		return true;
	}
	if (*n == max)
		return false;
	out[(*n)++] = *h;
	return true;
}

/* Looks at the page @pfn, whose struct page is @bytes. False: @out is full. */
static bool look(const struct ledger_layout *l, uint64_t pfn, const uint8_t *bytes, size_t left,
		 struct ledger_held *out, size_t *n, size_t max)
{
	struct ledger_held h = { .pfn = pfn, .count = 1 };
	struct ledger_page p;

	ledger_page_decode(l, pfn, bytes, left, &p);
	/* the head counts for its tail pages */
	if (p.head != pfn || p.maps < 0 || beyond(l, &p) <= 0)
		return true;
	h.refs = (uint32_t)p.refs;
	h.maps = (uint32_t)p.maps;
	h.large = ledger_is_new(l) && (p.order || pfn % LEDGER_BLOCK == 0);
	return add(out, n, max, &h);
}

struct err *ledger_find_held(const struct ledger_layout *l, const struct ledger_memory *mem,
			     uint64_t pfn, uint64_t count, struct ledger_held *out, size_t max,
			     size_t *n, uint64_t *next)
{
	size_t size = (size_t)l->size, chunk = LEDGER_READ_MAX / size / LEDGER_BLOCK * LEDGER_BLOCK;
	_cleanup_free_ uint8_t *bytes = xcalloc(chunk, size);
	/* whole blocks: a folio's second struct page is read with its first */
	uint64_t at = pfn / LEDGER_BLOCK * LEDGER_BLOCK, end = pfn + count;
	struct err *err = ledger_check_claim(l, count);

	*n = 0;
	*next = end;
	for (; at < end && !err; at += chunk) {
		uint64_t here = MIN(end - at, chunk);

		err = ledger_read(mem, l->vmemmap + at * size, bytes, here * size);
		for (uint64_t i = at < pfn ? pfn - at : 0; i < here && !err; i++) {
			if (look(l, at + i, bytes + i * size, (here - i) * size, out, n, max))
				continue;
			*next = at + i;
			return NULL;
		}
	}
	return err;
}
