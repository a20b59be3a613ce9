/* SPDX-License-Identifier: GPL-2.0-only */
#include "inject/pages/ledger-page.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* Blocks with at most this many pages between them are read in one go. */
#define GAP_MAX 4096u
/* page->mapping of a page that files share, up to v6.14 (PAGE_MAPPING_DAX_COW, _SHARED). */
#define MAPPING_SHARED 1u

static const struct {
	const char *name;
	size_t at;
	bool needed;
} fields[] = {
	{ "page.size", offsetof(struct ledger_layout, size), true },
	{ "page.flags", offsetof(struct ledger_layout, flags), true },
	{ "page.refcount", offsetof(struct ledger_layout, refcount), true },
	{ "page.mapcount", offsetof(struct ledger_layout, mapcount), true },
	{ "page.mapping", offsetof(struct ledger_layout, mapping), true },
	{ "page.share", offsetof(struct ledger_layout, share), true },
	{ "page.head", offsetof(struct ledger_layout, head), true },
	{ "flag.head", offsetof(struct ledger_layout, head_flag), true },
	{ "folio.share", offsetof(struct ledger_layout, folio_share), false },
	{ "folio.flags1", offsetof(struct ledger_layout, folio_flags1), false },
	{ "folio.mapcount", offsetof(struct ledger_layout, folio_mapcount), false },
	{ "folio.pincount", offsetof(struct ledger_layout, folio_pincount), false },
};

static int *field(const struct ledger_layout *l, size_t i)
{
	return (int *)((char *)l + fields[i].at);
}

void ledger_layout_init(struct ledger_layout *l)
{
	*l = (struct ledger_layout){ 0 };
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		*field(l, i) = -1;
}

void ledger_layout_add(struct ledger_layout *l, const char *line)
{
	char name[32], tail;
	unsigned int value;

	if (sscanf(line, "%31s %u%c", name, &value, &tail) != 2)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (strcmp(fields[i].name, name) == 0 && value <= 4096)
			*field(l, i) = (int)value;
}

bool ledger_is_new(const struct ledger_layout *l)
{
	return l->folio_share >= 0;
}

const char *ledger_layout_lacks(const struct ledger_layout *l)
{
	bool any = false;

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		any |= *field(l, i) >= 0;
	if (!any)
		return "the kernel has no BTF";
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (fields[i].needed && *field(l, i) < 0)
			return "the kernel's BTF does not describe struct page in a known form";
	if (l->size < 32 || l->size > LEDGER_SIZE_MAX || l->head_flag > 63)
		return "the kernel's BTF gives struct page no sensible size";
	for (size_t i = 1; i < ARRAY_SIZE(fields); i++)
		if (fields[i].needed && l->size - 8 < *field(l, i) &&
		    fields[i].at != offsetof(struct ledger_layout, refcount) &&
		    fields[i].at != offsetof(struct ledger_layout, head_flag))
			return "the kernel's BTF puts a field outside struct page";
	if (l->refcount > l->size - 4)
		return "the kernel's BTF puts a field outside struct page";
	if (ledger_is_new(l) &&
	    (l->folio_flags1 < 0 || l->folio_mapcount < 0 || l->folio_pincount < 0))
		return "the kernel's BTF does not describe struct folio in a known form";
	if (!(l->vmemmap >> 63))
		return "the address of the kernel's struct pages is unknown (vmemmap_base)";
	return NULL;
}

static uint64_t page_addr(const struct ledger_layout *l, uint64_t pfn)
{
	return l->vmemmap + pfn * (uint64_t)l->size;
}

struct err *ledger_read(const struct ledger_memory *mem, uint64_t addr, void *out, size_t len)
{
	struct ledger_budget *b = mem->budget;
	uint64_t start = now_ns();
	struct err *err;

	if (!b)
		return mem->read(mem->arg, addr, out, len);
	b->refused |= b->bytes < len || !b->ns;
	if (b->refused)
		return err_create(ERR_INFRA, "the struct pages to look at are more than a case "
					     "may read, or take too long");
	err = mem->read(mem->arg, addr, out, len);
	b->bytes -= len;
	b->ns -= MIN(b->ns, now_ns() - start);
	return err;
}

static void add_spans(struct image *im, uint64_t first, uint64_t end, uint64_t max)
{
	for (; first < end; first += im->spans[im->n - 1].count) {
		im->spans = xrealloc(im->spans, im->n + 1, sizeof(*im->spans));
		im->spans[im->n++] = (struct image_span){ first, MIN(end - first, max) };
	}
}

void image_init(struct image *im, const struct ledger_layout *l, const struct ledger_row *rows,
		size_t n)
{
	uint64_t max = LEDGER_READ_MAX / (uint64_t)l->size / LEDGER_BLOCK * LEDGER_BLOCK;
	uint64_t first = 0, end = 0;

	*im = (struct image){ .bytes = xcalloc(max, (size_t)l->size) };
	for (size_t i = 0; i < n; i++) {
		uint64_t row_first = rows[i].pfn / LEDGER_BLOCK * LEDGER_BLOCK;
		uint64_t row_end = (rows[i].pfn + rows[i].count + LEDGER_BLOCK - 1) / LEDGER_BLOCK *
				   LEDGER_BLOCK;

		if (!i || row_first > end + GAP_MAX) {
			add_spans(im, first, end, max);
			first = row_first;
			end = row_end;
		} else {
			end = MAX(end, row_end);
		}
	}
	add_spans(im, first, end, max);
	im->at_hand = im->n;
}

static bool in_span(const struct image_span *s, uint64_t pfn)
{
	return pfn >= s->first && pfn < s->first + s->count;
}

bool image_has(const struct image *im, uint64_t pfn)
{
	return im->at_hand < im->n && in_span(&im->spans[im->at_hand], pfn);
}

struct err *image_move(struct image *im, const struct ledger_layout *l,
		       const struct ledger_memory *mem, uint64_t pfn)
{
	size_t i = 0;

	while (!in_span(&im->spans[i], pfn))
		i++;
	im->at_hand = i;
	return ledger_read(mem, page_addr(l, im->spans[i].first), im->bytes,
			   im->spans[i].count * (size_t)l->size);
}

void image_deinit(struct image *im)
{
	free(im->spans);
	free(im->bytes);
	*im = (struct image){ 0 };
}

const uint8_t *image_page(const struct image *im, const struct ledger_layout *l, uint64_t pfn,
			  size_t *left)
{
	const struct image_span *s = &im->spans[im->at_hand];

	if (!image_has(im, pfn))
		return NULL;
	*left = (s->first + s->count - pfn) * (size_t)l->size;
	return im->bytes + (pfn - s->first) * (size_t)l->size;
}

static uint64_t word(const uint8_t *bytes, int at)
{
	uint64_t v;

	memcpy(&v, bytes + at, sizeof(v));
	return v;
}

static int32_t number(const uint8_t *bytes, int at)
{
	int32_t v;

	memcpy(&v, bytes + at, sizeof(v));
	return v;
}

/* A tail page's word holds its head's address, or (7.x) a mask for its own address. */
static uint64_t head_of(const struct ledger_layout *l, uint64_t pfn, uint64_t info)
{
	uint64_t self = page_addr(l, pfn), head = info - 1;

	if (head > self)
		head &= self;
	if (head < l->vmemmap || (head - l->vmemmap) % (uint64_t)l->size)
		return pfn;
	return (head - l->vmemmap) / (uint64_t)l->size;
}

void ledger_page_decode(const struct ledger_layout *l, uint64_t pfn, const uint8_t *bytes,
			size_t left, struct ledger_page *out)
{
	uint64_t info = word(bytes, l->head);
	int32_t maps = number(bytes, l->mapcount);

	*out = (struct ledger_page){
		.refs = number(bytes, l->refcount),
		.maps = maps == INT32_MAX ? maps : maps + 1,
		.mapping = word(bytes, l->mapping),
		.share = word(bytes, l->share),
		.is_head = word(bytes, l->flags) >> l->head_flag & 1,
		.head = info & 1 ? head_of(l, pfn, info) : pfn,
	};
	if (!out->is_head || !ledger_is_new(l) || left < 2 * (size_t)l->size ||
	    MAX(l->folio_pincount, MAX(l->folio_flags1, l->folio_mapcount)) + 8 > 2 * l->size)
		return;
	/* the next struct page holds the rest */
	out->order = word(bytes, l->folio_flags1) & 0xff;
	maps = number(bytes, l->folio_mapcount);
	out->maps = maps == INT32_MAX ? maps : maps + 1;
	out->pins = number(bytes, l->folio_pincount);
}

uint64_t ledger_page_owners(const struct ledger_layout *l, const struct ledger_page *p)
{
	if (!p->mapping)
		return ledger_is_new(l) ? p->share : 0;
	return !ledger_is_new(l) && p->mapping == MAPPING_SHARED ? p->share : 1;
}

bool ledger_page_is_placed(const struct ledger_page *p)
{
	return p->mapping && p->mapping != MAPPING_SHARED;
}
