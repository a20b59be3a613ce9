/* SPDX-License-Identifier: GPL-2.0-only */
#include "inject/pages/ledger.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arch.h"
#include "inject/pages/ledger-page.h"

#define PIN_BIAS 1024 /* GUP_PIN_COUNTING_BIAS */
#define FILES_MAX 64u

void ledger_result_deinit(struct ledger_result *r)
{
	buf_deinit(&r->table);
}

/* What the rows say of one folio. */
struct account {
	uint64_t pfn;		      /* its first page */
	const struct ledger_row *row; /* of a page in the folio */
	uint64_t at;		      /* pages from that row's first, modulo 2^64 */
	uint64_t ptes, pmds, gets, pins, owners;
};

struct check {
	const struct ledger_layout *l;
	struct image image;
	struct ledger_result *out;
	bool wrong;    /* the current page is counted in out->wrong */
	bool reported; /* out has a first finding, with its page */
	size_t lines;  /* of the table */
	bool mild;     /* idle: that finding is only a share count that was left */
	/* the mappings seen so far, with the names of their files */
	struct seen {
		char name[LEDGER_NAME_MAX];
		uint64_t mapping, pfn;
	} seen[FILES_MAX];
	size_t nr_seen;
	/* for each rule, consecutive pages with the same finding */
	struct line {
		uint64_t pfn, count, index;
		char name[LEDGER_NAME_MAX], expected[96], found[128];
	} line[RULES];
};

static uint64_t index_of(const struct account *a)
{
	return a->row->index + a->at;
}

static void end_line(struct check *c, enum rule rule)
{
	const struct line *line = &c->line[rule];
	struct buf *t = &c->out->table;
	char pages[32] = "", place[64];

	if (!line->count || c->lines++ >= LEDGER_TABLE_MAX)
		return;
	if (c->lines == 1)
		buf_addf(t, "%-18s %-22s %-15s %-36s %s\n", "page", "place", "rule", "expected",
			 "found");
	if (line->count > 1)
		snprintf(pages, sizeof(pages), " and %" PRIu64 " more", line->count - 1);
	snprintf(place, sizeof(place), "%s+%#" PRIx64, line->name, line->index * PAGE);
	buf_addf(t, "%" PRIx64 "%-12s %-22s %-15s %-36s %s\n", line->pfn, pages, place,
		 rules[rule].name, line->expected, line->found);
}

static void end_lines(struct check *c)
{
	for (enum rule i = 0; i < RULES; i++)
		end_line(c, i);
}

/* Does @line have the same finding for the page before? */
static bool joins_line(const struct line *line, const struct account *a, const char *expected,
		       const char *found)
{
	return a->pfn == line->pfn + line->count && index_of(a) == line->index + line->count &&
	       strcmp(line->expected, expected) == 0 && strcmp(line->found, found) == 0;
}

/* Records that a page breaks a rule. */
static void differs(struct check *c, const struct account *a, enum rule rule, const char *expected,
		    const char *found)
{
	struct ledger_result *r = c->out;
	struct line *line = &c->line[rule];

	if (!c->wrong)
		r->wrong++;
	c->wrong = true;
	if (!c->reported) {
		c->reported = true;
		r->rule = rule;
		snprintf(r->expected, sizeof(r->expected), "%s", expected);
		snprintf(r->found, sizeof(r->found), "%s on page %#" PRIx64 " (%s+%#" PRIx64 ")",
			 found, a->pfn, a->row->name, index_of(a) * PAGE);
	}
	if (joins_line(line, a, expected, found)) {
		line->count++;
		return;
	}
	end_line(c, rule);
	line->pfn = a->pfn;
	line->count = 1;
	line->index = index_of(a);
	snprintf(line->name, sizeof(line->name), "%s", a->row->name);
	snprintf(line->expected, sizeof(line->expected), "%s", expected);
	snprintf(line->found, sizeof(line->found), "%s", found);
}

/* "refcount 1025: 1 entry, 1 pin" */
static void explain(const struct account *a, bool new, int64_t refs, char *buf, size_t size)
{
	uint64_t entries = new ? a->ptes + a->pmds : 0;
	int n = snprintf(buf, size, "refcount %" PRId64, refs);
	const struct {
		uint64_t n;
		const char *one, *many;
	} parts[] = { { entries, "entry", "entries" },
		      { a->gets, "reference", "references" },
		      { a->pins, "pin", "pins" } };
	const char *sep = ": ";

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (!parts[i].n || n < 0 || (size_t)n >= size)
			continue;
		n += snprintf(buf + n, size - (size_t)n, "%s%" PRIu64 " %s", sep, parts[i].n,
			      parts[i].n == 1 ? parts[i].one : parts[i].many);
		sep = ", ";
	}
}

static void check_references(struct check *c, const struct account *a, const struct ledger_page *p)
{
	bool new = ledger_is_new(c->l), counted = new && p->is_head;
	int64_t refs = (new ? 0 : 1) + (int64_t)a->gets;
	char expected[96], found[64];

	if (new)
		refs += (int64_t)(a->ptes + a->pmds);
	refs += (int64_t)a->pins * (counted ? 1 : PIN_BIAS);
	if (p->refs != refs) {
		bool pins = !counted && (p->refs - refs) % PIN_BIAS == 0;

		explain(a, new, refs, expected, sizeof(expected));
		snprintf(found, sizeof(found), "refcount %d", p->refs);
		differs(c, a, pins ? RULE_LEDGER_PINS : RULE_LEDGER_REFCOUNT, expected, found);
	}
	if (counted && (uint64_t)p->pins != a->pins) {
		snprintf(expected, sizeof(expected), "pincount %" PRIu64, a->pins);
		snprintf(found, sizeof(found), "pincount %d", p->pins);
		differs(c, a, RULE_LEDGER_PINS, expected, found);
	}
}

static void check_mapped(struct check *c, const struct account *a, const struct ledger_page *p)
{
	uint64_t maps = ledger_is_new(c->l) ? a->ptes + a->pmds : 0;
	uint64_t owners = ledger_page_owners(c->l, p);
	char expected[96], found[64];

	if (p->maps < 0 || (uint64_t)p->maps != maps) {
		snprintf(expected, sizeof(expected), "mapcount %" PRIu64, maps);
		snprintf(found, sizeof(found), "mapcount %d", p->maps);
		differs(c, a, RULE_LEDGER_MAPCOUNT, expected, found);
	}
	if (owners >= a->owners && owners <= INT32_MAX)
		return;
	snprintf(expected, sizeof(expected), "owners %" PRIu64 " or more under %" PRIu64 " entr%s",
		 a->owners, a->ptes + a->pmds, a->ptes + a->pmds == 1 ? "y" : "ies");
	snprintf(found, sizeof(found), "owners %" PRIu64 ", mapping %#" PRIx64, owners, p->mapping);
	differs(c, a, owners ? RULE_LEDGER_SHARE : RULE_LEDGER_MAPPING, expected, found);
}

/* A mapping belongs to one file, and a file has one mapping. */
static void check_mapping(struct check *c, const struct account *a, uint64_t mapping)
{
	char expected[96], found[96];
	struct seen *s = c->seen, *end = c->seen + c->nr_seen;

	while (s < end && strcmp(s->name, a->row->name) != 0 && s->mapping != mapping)
		s++;
	if (s == end && c->nr_seen < FILES_MAX) {
		strcpy(s->name, a->row->name);
		s->mapping = mapping;
		s->pfn = a->pfn;
		c->nr_seen++;
	}
	if (s == c->seen + FILES_MAX ||
	    (strcmp(s->name, a->row->name) == 0 && s->mapping == mapping))
		return;
	snprintf(expected, sizeof(expected), "mapping %#" PRIx64 " is of %s, by page %" PRIx64,
		 s->mapping, s->name, s->pfn);
	snprintf(found, sizeof(found), "mapping %#" PRIx64 " under an entry of %s", mapping,
		 a->row->name);
	differs(c, a, RULE_LEDGER_MAPPING, expected, found);
}

/* Checks mapping and index, if the rows know exactly one place in a file for the page. */
static void check_place(struct check *c, const struct account *a, const struct ledger_page *p)
{
	char expected[64], found[64];

	if (a->row->owners != 1 || a->owners != 1 || !ledger_page_is_placed(p))
		return;
	check_mapping(c, a, p->mapping);
	if (p->share == index_of(a))
		return;
	snprintf(expected, sizeof(expected), "index of its place in the file");
	snprintf(found, sizeof(found), "index off by %" PRId64, (int64_t)(p->share - index_of(a)));
	differs(c, a, RULE_LEDGER_INDEX, expected, found);
}

static void check_order(struct check *c, const struct account *a, const struct ledger_page *p)
{
	char expected[64], found[32];

	if (!ledger_is_new(c->l))
		return;
	if (a->pmds && p->order != PMD_ORDER)
		snprintf(expected, sizeof(expected), "order %u under a 2 MiB entry", PMD_ORDER);
	else if (p->order && !ledger_page_owners(c->l, p))
		snprintf(expected, sizeof(expected), "order 0 of a page that no file owns");
	else if (p->order > PMD_ORDER)
		snprintf(expected, sizeof(expected), "order %u or less", PMD_ORDER);
	else
		return;
	snprintf(found, sizeof(found), "order %u", p->order);
	differs(c, a, RULE_LEDGER_ORDER, expected, found);
}

static void check_account(struct check *c, const struct account *a)
{
	struct ledger_page p;
	size_t left;
	const uint8_t *bytes = a->row ? image_page(&c->image, c->l, a->pfn, &left) : NULL;

	if (!bytes)
		return;
	ledger_page_decode(c->l, a->pfn, bytes, left, &p);
	c->wrong = false;
	check_references(c, a, &p);
	check_mapped(c, a, &p);
	check_place(c, a, &p);
	check_order(c, a, &p);
}

/* Adds page @i of @row, at hand, to the account of its folio; checks the folio before it. */
static void add_page(struct check *c, struct account *a, const struct ledger_row *row, uint64_t i)
{
	struct ledger_page p;
	size_t left;
	const uint8_t *bytes = image_page(&c->image, c->l, row->pfn + i, &left);

	if (!bytes)
		return;
	ledger_page_decode(c->l, row->pfn + i, bytes, left, &p);
	/* a head outside the image cannot be this page's */
	if (!image_page(&c->image, c->l, p.head, &left))
		p.head = row->pfn + i;
	if (!a->row || a->pfn != p.head) {
		check_account(c, a);
		*a = (struct account){ .pfn = p.head, .row = row, .at = p.head - row->pfn };
	}
	a->ptes += row->ptes;
	a->pmds += row->pmds;
	a->gets += row->gets;
	a->pins += row->pins;
	a->owners = MAX(a->owners, row->owners);
}

/* The span at hand changes only between two folios: no folio crosses the end of a span. */
static struct err *add_row(struct check *c, struct account *a, const struct ledger_memory *mem,
			   const struct ledger_row *row)
{
	for (uint64_t i = 0; i < row->count; i++) {
		if (!image_has(&c->image, row->pfn + i)) {
			struct err *err;

			check_account(c, a);
			a->row = NULL;
			err = image_move(&c->image, c->l, mem, row->pfn + i);
			if (err)
				return err;
		}
		add_page(c, a, row, i);
	}
	return NULL;
}

struct err *ledger_check_claim(const struct ledger_layout *l, uint64_t pages)
{
	return pages <= l->pages ? NULL :
				   err_create(ERR_INFRA,
					      "the agent's ledger has %" PRIu64
					      " pages, the NVDIMMs have %" PRIu64,
					      pages, l->pages);
}

static int by_pfn(const void *a, const void *b)
{
	const struct ledger_row *x = a, *y = b;

	return x->pfn < y->pfn ? -1 : x->pfn > y->pfn;
}

struct err *ledger_check(const struct ledger_layout *l, const struct ledger_memory *mem,
			 const struct ledger_row *rows, size_t n, struct ledger_result *out)
{
	_cleanup_free_ struct ledger_row *sorted = xcalloc(n + 1, sizeof(*rows));
	struct check c = { .l = l, .out = out };
	struct account a = { 0 };
	uint64_t pages = 0;
	struct err *err;

	for (size_t i = 0; i < n; i++)
		pages += rows[i].count;
	err = ledger_check_claim(l, pages);
	if (err)
		return err;
	memcpy(sorted, rows, n * sizeof(*rows));
	qsort(sorted, n, sizeof(*rows), by_pfn);
	image_init(&c.image, l, sorted, n);
	for (size_t i = 0; i < n && !err; i++)
		err = add_row(&c, &a, mem, &sorted[i]);
	if (!err)
		check_account(&c, &a);
	end_lines(&c);
	image_deinit(&c.image);
	return err;
}

static void check_idle(struct check *c, const struct ledger_row *row, uint64_t at,
		       const struct ledger_page *p)
{
	const struct account a = { .pfn = row->pfn + at, .row = row, .at = at };
	int32_t refs = ledger_is_new(c->l) ? 0 : 1;
	char expected[64], found[128];
	bool mild = p->refs == refs && !p->maps && !p->mapping && !p->is_head && p->head == a.pfn;

	/* while a file owns the page, the word of the share count holds an index */
	if (mild && !p->share)
		return;
	snprintf(expected, sizeof(expected), "refcount %d, no mapping and no owner", refs);
	snprintf(found, sizeof(found),
		 "refcount %d, mapcount %d, mapping %#" PRIx64 ", share %" PRIu64 ", %s", p->refs,
		 p->maps, p->mapping, p->share,
		 p->is_head	  ? "head of a large page" :
		 p->head != a.pfn ? "part of a large page" :
				    "order 0");
	c->wrong = false;
	/* report a page that is still held or owned first: a stale count must not hide it */
	if (c->mild && !mild)
		c->reported = false;
	if (!c->reported)
		c->mild = mild;
	differs(c, &a, RULE_LEDGER_IDLE, expected, found);
}

struct err *ledger_check_idle(const struct ledger_layout *l, const struct ledger_memory *mem,
			      uint64_t pfn, uint64_t count, struct ledger_result *out)
{
	const struct ledger_row row = { .pfn = pfn, .name = "namespace" };
	size_t size = (size_t)l->size, chunk = LEDGER_READ_MAX / size;
	_cleanup_free_ uint8_t *bytes = xcalloc(chunk, size);
	struct check c = { .l = l, .out = out };
	struct err *err = ledger_check_claim(l, count);

	for (uint64_t at = 0; at < count && !err; at += chunk) {
		uint64_t n = MIN(count - at, chunk);

		err = ledger_read(mem, l->vmemmap + (pfn + at) * size, bytes, n * size);
		for (uint64_t i = 0; i < n && !err; i++) {
			struct ledger_page p;

			ledger_page_decode(l, pfn + at + i, bytes + i * size, (n - i) * size, &p);
			check_idle(&c, &row, at + i, &p);
		}
	}
	end_lines(&c);
	return err;
}
