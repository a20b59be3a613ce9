/* SPDX-License-Identifier: GPL-2.0-only */
/* One struct page in words, for a person. */
#include <inttypes.h>

#include "inject/pages/ledger-page.h"

static void add_owner(const struct ledger_layout *l, const struct ledger_page *p, struct buf *out)
{
	uint64_t owners = ledger_page_owners(l, p);

	if (!owners)
		buf_adds(out, "owner: none\n");
	else if (ledger_page_is_placed(p))
		buf_addf(out, "owner: address_space 0x%" PRIx64 ", index %" PRIu64 "\n", p->mapping,
			 p->share);
	else
		buf_addf(out, "owners: %" PRIu64 " page cache entries (shared)\n", owners);
}

struct err *ledger_describe(const struct ledger_layout *l, const struct ledger_memory *mem,
			    uint64_t pfn, struct buf *out)
{
	const size_t size = (size_t)l->size;
	uint8_t bytes[2 * LEDGER_SIZE_MAX];
	struct ledger_page p;
	struct err *err = ledger_read(mem, l->vmemmap + pfn * size, bytes, 2 * size);

	if (err)
		return err;
	ledger_page_decode(l, pfn, bytes, 2 * size, &p);
	buf_addf(out, "page frame 0x%" PRIx64 ", struct page at 0x%" PRIx64 "\n", pfn,
		 l->vmemmap + pfn * size);
	if (p.head != pfn) {
		buf_addf(out, "a tail page of the folio whose head is page frame 0x%" PRIx64 "\n",
			 p.head);
		pfn = p.head;
		err = ledger_read(mem, l->vmemmap + pfn * size, bytes, 2 * size);
		if (err)
			return err;
		ledger_page_decode(l, pfn, bytes, 2 * size, &p);
	}
	buf_addf(out, "references %d, mapped %d, order %u", p.refs, p.maps, p.order);
	if (p.order)
		buf_addf(out, ", pins %d", p.pins);
	buf_addf(out, "; a page that nothing holds has %s\n",
		 ledger_is_new(l) ? "0 references, from v6.15 on" : "1 reference, up to v6.14");
	add_owner(l, &p, out);
	return NULL;
}
