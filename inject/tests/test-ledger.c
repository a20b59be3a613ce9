// SPDX-License-Identifier: GPL-2.0-only
/* Hand-made struct pages, each with one error, and the expected findings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "inject/tests/made-up-pages.h"

/* A value in a field of page @page (place -1: end of the list). */
struct plant {
	unsigned int page, at;
	uint64_t value; /* 64 bits for MAPPING_AT, SHARE and FLAGS, else 32 */
};

static void plant(const struct plant *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i].at == MAPPING_AT || p[i].at == SHARE || p[i].at == FLAGS ||
		    p[i].at == FLAGS1 || p[i].at == HEAD)
			put64(p[i].page, p[i].at, p[i].value);
		else if (p[i].at)
			put32(p[i].page, p[i].at, (int32_t)p[i].value);
	}
}

#define END                                                                                        \
	{                                                                                          \
		0, 0, 0                                                                            \
	}
#define MAPPED(page)                                                                               \
	{                                                                                          \
		page, MAPPING_AT, MAPPING                                                          \
	}

static const struct {
	const char *what;
	bool new, large, mask;
	struct plant plants[8];
	struct ledger_row rows[3];
	const char *rule; /* NULL: no finding */
	size_t wrong;
	const char *expected, *found; /* parts of the texts */
} cases[] = {
	{ "an idle page, old kernel", .rows = { { .pfn = FIRST + 4, .count = 1, .name = "a" } } },
	{ "an idle page, new kernel", .new = true,
	  .rows = { { .pfn = FIRST + 4, .count = 1, .name = "a" } } },
	{ "entries are not references in old kernels", .plants = { MAPPED(4) },
	  .rows = { { .pfn = FIRST + 4, .count = 1, .ptes = 2, .owners = 1, .name = "a" } } },
	{ "entries, a reference and a pin", .new = true,
	  .plants = { MAPPED(4), { 4, REFCOUNT, 2 + 1 + 1024 }, { 4, MAPCOUNT, 1 } },
	  .rows = { { .pfn = FIRST + 4,
		      .count = 1,
		      .ptes = 2,
		      .gets = 1,
		      .pins = 1,
		      .owners = 1,
		      .name = "a" } } },
	{ "a pin, old kernel", .plants = { MAPPED(4), { 4, REFCOUNT, 1025 } },
	  .rows = { { .pfn = FIRST + 4,
		      .count = 1,
		      .ptes = 1,
		      .pins = 1,
		      .owners = 1,
		      .name = "a" } } },
	{ "a reference without a holder", .new = true, .plants = { { 4, REFCOUNT, 1 } },
	  .rows = { { .pfn = FIRST + 4, .count = 1, .name = "a" } }, .rule = "ledger.refcount",
	  .wrong = 1, .expected = "refcount 0", .found = "refcount 1" },
	{ "a reference that was dropped too early", .plants = { { 4, REFCOUNT, 1 } },
	  .rows = { { .pfn = FIRST + 3, .count = 3, .gets = 1, .name = "a", .index = 7 } },
	  .rule = "ledger.refcount", .wrong = 3, .expected = "refcount 2: 1 reference",
	  .found = "page 0x100003 (a+0x7000)" },
	{ "a pin that was dropped too early", .new = true,
	  .plants = { MAPPED(4), { 4, REFCOUNT, 1 }, { 4, MAPCOUNT, 0 } },
	  .rows = { { .pfn = FIRST + 4,
		      .count = 1,
		      .ptes = 1,
		      .pins = 1,
		      .owners = 1,
		      .name = "a" } },
	  .rule = "ledger.pins", .wrong = 1, .expected = "refcount 1025: 1 entry, 1 pin",
	  .found = "refcount 1 " },
	{ "a pin that was dropped twice", .new = true,
	  .plants = { { 4, REFCOUNT, (uint64_t)-1024 } },
	  .rows = { { .pfn = FIRST + 4, .count = 1, .name = "a" } }, .rule = "ledger.pins",
	  .wrong = 1, .expected = "refcount 0", .found = "refcount -1024" },
	{ "mapped more often than counted", .new = true,
	  .plants = { MAPPED(4), { 4, REFCOUNT, 2 }, { 4, MAPCOUNT, 0 } },
	  .rows = { { .pfn = FIRST + 4, .count = 1, .ptes = 2, .owners = 1, .name = "a" } },
	  .rule = "ledger.mapcount", .wrong = 1, .expected = "mapcount 2", .found = "mapcount 1" },
	{ "a mapcount in an old kernel", .plants = { { 4, MAPCOUNT, 0 } },
	  .rows = { { .pfn = FIRST + 4, .count = 1, .name = "a" } }, .rule = "ledger.mapcount",
	  .wrong = 1, .expected = "mapcount 0", .found = "mapcount 1" },
	{ "mapped without an owner", .new = true,
	  .plants = { { 4, REFCOUNT, 1 }, { 4, MAPCOUNT, 0 } },
	  .rows = { { .pfn = FIRST + 4, .count = 1, .ptes = 1, .owners = 1, .name = "a" } },
	  .rule = "ledger.mapping", .wrong = 1, .expected = "owners 1 or more under 1 entry",
	  .found = "owners 0, mapping 0" },
	{ "two files own it, new kernel", .new = true,
	  .plants = { { 4, SHARE, 2 }, { 4, REFCOUNT, 2 }, { 4, MAPCOUNT, 1 } },
	  .rows = { { .pfn = FIRST + 4, .count = 1, .ptes = 2, .owners = 2, .name = "a" } } },
	{ "two files own it, old kernel", .plants = { { 4, MAPPING_AT, 1 }, { 4, SHARE, 2 } },
	  .rows = { { .pfn = FIRST + 4, .count = 1, .ptes = 2, .owners = 2, .name = "a" } } },
	{ "one owner of three is forgotten", .new = true,
	  .plants = { { 4, SHARE, 2 }, { 4, REFCOUNT, 3 }, { 4, MAPCOUNT, 2 } },
	  .rows = { { .pfn = FIRST + 4, .count = 1, .ptes = 3, .owners = 3, .name = "a" } },
	  .rule = "ledger.share", .wrong = 1, .expected = "owners 3 or more", .found = "owners 2" },
	{ "an owner instead of two, as in 6.1", .plants = { MAPPED(4) },
	  .rows = { { .pfn = FIRST + 4, .count = 1, .ptes = 2, .owners = 2, .name = "a" } },
	  .rule = "ledger.share", .wrong = 1, .expected = "owners 2 or more", .found = "owners 1" },
	{ "a large page", .new = true, .large = true,
	  .plants = { MAPPED(512),
		      { 512, REFCOUNT, 1 + 16 },
		      { 512, LARGE_MAPCOUNT, 0 },
		      { 512, PINCOUNT, 16 } },
	  .rows = { { .pfn = FIRST + 513, .count = 4, .owners = 1, .name = "a", .index = 1 },
		    { .pfn = FIRST + 512, .count = 1, .pmds = 1, .owners = 1, .name = "a" },
		    { .pfn = FIRST + 600,
		      .count = 16,
		      .pins = 1,
		      .owners = 1,
		      .name = "a",
		      .index = 88 } } },
	{ "a large page with masks in its tails", .new = true, .large = true, .mask = true,
	  .plants = { MAPPED(512), { 512, REFCOUNT, 3 }, { 512, LARGE_MAPCOUNT, 2 } },
	  .rows = { { .pfn = FIRST + 700,
		      .count = 3,
		      .ptes = 1,
		      .owners = 1,
		      .name = "a",
		      .index = 188 } } },
	{ "another page of its file", .plants = { MAPPED(4), { 4, SHARE, 6 } },
	  .rows = { { .pfn = FIRST + 4,
		      .count = 1,
		      .ptes = 1,
		      .owners = 1,
		      .name = "a",
		      .index = 7 } },
	  .rule = "ledger.index", .wrong = 1, .expected = "index of its place",
	  .found = "index off by -1 on page 0x100004 (a+0x7000)" },
	{ "a large page at another place", .new = true, .large = true,
	  .plants = { MAPPED(512),
		      { 512, SHARE, 512 },
		      { 512, REFCOUNT, 1 },
		      { 512, LARGE_MAPCOUNT, 0 } },
	  .rows = { { .pfn = FIRST + 600,
		      .count = 1,
		      .ptes = 1,
		      .owners = 1,
		      .name = "a",
		      .index = 88 } },
	  .rule = "ledger.index", .wrong = 1, .expected = "index of its place",
	  .found = "index off by 512" },
	{ "a page known only by its pin has no place in a file",
	  .plants = { MAPPED(4), { 4, SHARE, 6 } },
	  .rows = { { .pfn = FIRST + 4, .count = 1, .name = "p", .index = 7 } } },
	{ "pages of two files", .plants = { MAPPED(4), { 5, MAPPING_AT, MAPPING + 8 } },
	  .rows = { { .pfn = FIRST + 4, .count = 1, .ptes = 1, .owners = 1, .name = "a" },
		    { .pfn = FIRST + 5, .count = 1, .ptes = 1, .owners = 1, .name = "b" } } },
	{ "a page of one file under an entry of another", .plants = { MAPPED(4), MAPPED(5) },
	  .rows = { { .pfn = FIRST + 4, .count = 1, .ptes = 1, .owners = 1, .name = "a" },
		    { .pfn = FIRST + 5, .count = 1, .ptes = 1, .owners = 1, .name = "b" } },
	  .rule = "ledger.mapping", .wrong = 1,
	  .expected = "mapping 0xffff888000001000 is of a, by page 100004",
	  .found = "mapping 0xffff888000001000 under an entry of b on page 0x100005" },
	{ "two mappings of one file",
	  .plants = { MAPPED(4), { 5, MAPPING_AT, MAPPING + 8 }, { 5, SHARE, 1 } },
	  .rows = { { .pfn = FIRST + 4, .count = 2, .ptes = 1, .owners = 1, .name = "a" } },
	  .rule = "ledger.mapping", .wrong = 1, .expected = "is of a",
	  .found = "mapping 0xffff888000001008 under an entry of a" },
	{ "a pin of a large page is not counted", .new = true, .large = true,
	  .plants = { MAPPED(512), { 512, REFCOUNT, 2 }, { 512, LARGE_MAPCOUNT, -1 } },
	  .rows = { { .pfn = FIRST + 600, .count = 2, .pins = 1, .name = "a", .index = 88 } },
	  .rule = "ledger.pins", .wrong = 1, .expected = "pincount 2",
	  .found = "pincount 0 on page 0x100200 (a+0)" },
	{ "a 2 MiB entry over small pages", .new = true,
	  .plants = { MAPPED(512), { 512, REFCOUNT, 1 }, { 512, MAPCOUNT, 0 } },
	  .rows = { { .pfn = FIRST + 512, .count = 1, .pmds = 1, .owners = 1, .name = "a" } },
	  .rule = "ledger.order", .wrong = 1, .expected = "order 9", .found = "order 0" },
	{ "a large page that nobody owns any more", .new = true, .large = true,
	  .rows = { { .pfn = FIRST + 600, .count = 1, .name = "a" } }, .rule = "ledger.order",
	  .wrong = 1, .expected = "order 0", .found = "order 9" },
};

static void checks(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ledger_layout l = layout(cases[i].new);
		struct ledger_result r = LEDGER_RESULT_INIT;
		size_t n = 0;

		all_idle(cases[i].new);
		if (cases[i].large)
			make_large(cases[i].mask);
		plant(cases[i].plants, ARRAY_SIZE(cases[i].plants));
		while (n < ARRAY_SIZE(cases[i].rows) && cases[i].rows[n].count)
			n++;
		assert_null(ledger_layout_lacks(&l));
		assert_null(ledger_check(&l, &mem, cases[i].rows, n, &r));
		if (!cases[i].rule != !r.wrong || (r.wrong && !rule_is(cases[i].rule, r.rule)))
			fail_msg("%s: found %s: expected %s, found %s", cases[i].what,
				 r.wrong ? rules[r.rule].name : "nothing", r.expected, r.found);
		if (r.wrong != cases[i].wrong)
			fail_msg("%s: %zu pages", cases[i].what, r.wrong);
		if (r.wrong &&
		    (!strstr(r.expected, cases[i].expected) || !strstr(r.found, cases[i].found)))
			fail_msg("%s: expected %s, found %s", cases[i].what, r.expected, r.found);
		assert_int_equal(!r.table.len, !r.wrong);
		ledger_result_deinit(&r);
	}
}

static const struct {
	const char *what;
	bool new;
	struct plant plants[3];
	size_t wrong;
	const char *found;
} idles[] = {
	{ "all idle, old kernel", false, { END }, 0, NULL },
	{ "all idle, new kernel", true, { END }, 0, NULL },
	{ "a reference is left", true, { { 9, REFCOUNT, 1024 } }, 1, "refcount 1024" },
	{ "a reference too few, old kernel", false, { { 9, REFCOUNT, 0 } }, 1, "refcount 0" },
	{ "still mapped", true, { { 9, MAPCOUNT, 0 } }, 1, "mapcount 1" },
	{ "still owned", true, { MAPPED(9) }, 1, "mapping 0xffff888000001000" },
	{ "marked as shared, as in 6.1", false, { { 9, MAPPING_AT, 1 } }, 1, "mapping 0x1" },
	{ "a share is left", true, { { PAGES - 1, SHARE, 1 } }, 1, "share 1" },
	{ "a head is left", true, { { 9, FLAGS, 1 << 6 } }, 1, "head of a large page" },
	{ "a tail is left",
	  true,
	  { { 9, HEAD, VMEMMAP + FIRST *SIZE + 1 } },
	  1,
	  "part of a large page" },
	{ "a reference is left after a share",
	  true,
	  { { 9, SHARE, 1 }, { 10, REFCOUNT, 1 }, { 11, SHARE, 1 } },
	  3,
	  "refcount 1, mapcount 0, mapping 0, share 0" },
	{ "two pages", true, { { 9, REFCOUNT, 1 }, { 10, REFCOUNT, 1 } }, 2, "refcount 1" },
};

static void idle(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(idles); i++) {
		struct ledger_layout l = layout(idles[i].new);
		struct ledger_result r = LEDGER_RESULT_INIT;

		all_idle(idles[i].new);
		plant(idles[i].plants, ARRAY_SIZE(idles[i].plants));
		assert_null(ledger_check_idle(&l, &mem, FIRST, PAGES, &r));
		if (r.wrong != idles[i].wrong || (r.wrong && !strstr(r.found, idles[i].found)))
			fail_msg("%s: %zu pages: %s", idles[i].what, r.wrong, r.found);
		if (r.wrong)
			assert_int_equal(r.rule, RULE_LEDGER_IDLE);
		ledger_result_deinit(&r);
	}
}

/* Adjacent pages share a line, and the table is bounded. */
static void tables(void **state)
{
	struct ledger_layout l = layout(true);
	struct ledger_result r = LEDGER_RESULT_INIT;
	unsigned int lines = 0;

	(void)state;
	all_idle(true);
	for (unsigned int i = 100; i < 164; i++)
		put32(i, REFCOUNT, 1);
	assert_null(ledger_check_idle(&l, &mem, FIRST, PAGES, &r));
	assert_int_equal(r.wrong, 64);
	assert_non_null(strstr(buf_str(&r.table), "100064 and 63 more"));
	assert_non_null(strstr(buf_str(&r.table), "namespace+0x64000"));
	ledger_result_deinit(&r);
	r = (struct ledger_result)LEDGER_RESULT_INIT;
	for (unsigned int i = 0; i < PAGES; i += 2)
		put32(i, REFCOUNT, 7);
	assert_null(ledger_check_idle(&l, &mem, FIRST, PAGES, &r));
	for (const char *p = buf_str(&r.table); *p; p++)
		lines += *p == '\n';
	assert_int_equal(lines, LEDGER_TABLE_MAX + 1);
	ledger_result_deinit(&r);
}

/* Pages near each other take one read; unmapped memory is an error. */
static void memory_errors(void **state)
{
	struct ledger_row rows[] = {
		{ .pfn = FIRST + 1, .count = 1, .name = "a" },
		{ .pfn = FIRST + 1500, .count = 1, .name = "a" },
	};
	struct ledger_layout l = layout(true);
	struct ledger_result r = LEDGER_RESULT_INIT;
	_cleanup_err_ struct err *err = NULL;

	(void)state;
	all_idle(true);
	reads = 0;
	assert_null(ledger_check(&l, &mem, rows, 2, &r));
	assert_int_equal(reads, 1);
	rows[1].pfn = FIRST + (1 << 20);
	err = ledger_check(&l, &mem, rows, 2, &r);
	assert_non_null(err);
	ledger_result_deinit(&r);
}

/* Memory of zeroes, without an end. */
static struct err *read_nothing(void *arg, uint64_t addr, void *out, size_t len)
{
	(void)arg;
	(void)addr;
	reads++;
	longest = MAX(longest, len);
	memset(out, 0, len);
	return NULL;
}

/* A guest may not name more pages than the geometry's NVDIMMs have. */
static const struct {
	uint64_t pages, counts[3];
	bool idle, refused;
} claims[] = {
	{ .pages = 1 << 22, .counts = { 1 << 22 } },
	{ .pages = 1 << 22, .counts = { 1 << 22 }, .idle = true },
	{ .pages = 1 << 18, .counts = { 1 << 18 } },
	{ .pages = 1 << 18, .counts = { (1 << 18) + 1 }, .refused = true },
	{ .pages = 1 << 18, .counts = { 1 << 17, 1 << 17, 1 }, .refused = true },
	{ .pages = 1 << 18, .counts = { (1 << 18) + 1 }, .idle = true, .refused = true },
	{ .pages = 0, .counts = { 1 }, .refused = true },
};

static void bounds(void **state)
{
	const struct ledger_memory nothing = { read_nothing, NULL, NULL };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(claims); i++) {
		struct ledger_layout l = layout(false);
		struct ledger_result r = LEDGER_RESULT_INIT;
		struct ledger_row rows[3];
		_cleanup_err_ struct err *err = NULL;
		size_t n = 0;

		for (; n < 3 && claims[i].counts[n]; n++)
			rows[n] = (struct ledger_row){ .pfn = n << 30,
						       .name = "a",
						       .gets = 1,
						       .count = (uint32_t)claims[i].counts[n] };
		ledger_layout_add(&l, "page.size 128");
		assert_null(ledger_layout_lacks(&l));
		l.pages = claims[i].pages;
		reads = 0;
		longest = 0;
		err = claims[i].idle ? ledger_check_idle(&l, &nothing, 0, rows->count, &r) :
				       ledger_check(&l, &nothing, rows, n, &r);
		if (!err != !claims[i].refused || (err && !strstr(err->message, "NVDIMM")))
			fail_msg("row %zu: %s", i, err ? err->message : "taken");
		assert_int_equal(!reads, claims[i].refused);
		assert_true(longest <= LEDGER_READ_MAX);
		ledger_result_deinit(&r);
	}
}

/* Checking the same pages again and again exhausts the case's budget of bytes and time. */
static void budgets(void **state)
{
	const struct ledger_row row = { .pfn = FIRST, .count = PAGES, .name = "a" };
	const size_t look = PAGES * SIZE;
	struct ledger_layout l = layout(true);

	(void)state;
	all_idle(true);
	for (unsigned int i = 0; i < 2; i++) {
		struct ledger_budget b = { .bytes = i ? UINT64_MAX : 3 * look, .ns = UINT64_MAX };
		const struct ledger_memory counted = { read_memory, NULL, &b };

		reads = 0;
		for (unsigned int k = 0; k < 9; k++) {
			struct ledger_result r = LEDGER_RESULT_INIT;
			_cleanup_err_ struct err *err = i ? ledger_check(&l, &counted, &row, 1,
									 &r) :
							    ledger_check_idle(&l, &counted, FIRST,
									      PAGES, &r);

			assert_int_equal(!err, k < 3);
			assert_int_equal(b.refused, k >= 3);
			ledger_result_deinit(&r);
			if (k == 1 && i)
				b.ns = 1; /* the third look is the last */
		}
		assert_int_equal(reads, 3);
	}
}

/* @without: a line to leave out; @line: a line to add. */
static const struct {
	const char *without, *line, *lacks;
	uint64_t vmemmap;
} layouts[] = {
	{ "", "", NULL, VMEMMAP },
	{ "page.refcount 52", "", "does not describe struct page", VMEMMAP },
	{ "flag.head 6", "", "does not describe struct page", VMEMMAP },
	{ "folio.pincount 92", "", "does not describe struct folio", VMEMMAP },
	{ "", "page.mapping 60", "outside", VMEMMAP },
	{ "", "page.refcount 62", "outside", VMEMMAP },
	{ "", "page.size 8", "no sensible size", VMEMMAP },
	{ "", "page.size 128", NULL, VMEMMAP },
	{ "", "page.size 129", "no sensible size", VMEMMAP },
	{ "", "page.size 1024", "no sensible size", VMEMMAP },
	{ "", "page.size 64 garbage", NULL, VMEMMAP },
	{ "", "page.size -1", NULL, VMEMMAP },
	{ "", "something 7", NULL, VMEMMAP },
	{ "", "", "vmemmap_base", 0 },
	{ "", "", "vmemmap_base", 4096 },
};

static void layout_errors(void **state)
{
	struct ledger_layout empty;

	(void)state;
	ledger_layout_init(&empty);
	assert_string_equal(ledger_layout_lacks(&empty), "the kernel has no BTF");
	for (size_t i = 0; i < ARRAY_SIZE(layouts); i++) {
		const char *const *sets[] = { old_lines, new_lines };
		struct ledger_layout l;
		const char *lacks;

		ledger_layout_init(&l);
		l.vmemmap = layouts[i].vmemmap;
		for (size_t s = 0; s < ARRAY_SIZE(sets); s++)
			for (size_t k = 0; sets[s][k]; k++)
				if (strcmp(sets[s][k], layouts[i].without))
					ledger_layout_add(&l, sets[s][k]);
		ledger_layout_add(&l, layouts[i].line);
		lacks = ledger_layout_lacks(&l);
		if (!lacks != !layouts[i].lacks || (lacks && !strstr(lacks, layouts[i].lacks)))
			fail_msg("row %zu: %s", i, lacks ? lacks : "nothing");
	}
}

static const struct {
	const char *text;
	bool ok;
} rows[] = {
	{ "100000 1 2 0 0 1 1 200 a", true },
	{ "100000 1 2 0 0 1 1 ffffffffffffffff -", true },
	{ "100000 0 2 0 0 1 1 200 a", false },	    /* no pages */
	{ "100000 400001 2 0 0 1 1 200 a", false }, /* too many */
	{ "10000000001 1 2 0 0 1 1 200 a", false },
	{ "100000 1 100001 0 0 1 1 200 a", false },
	{ "100000 1 2 0 0 1 1 200", false },
	{ "100000 1 2 0 0 1 1 200 ", false },
	{ "100000 1 2 0 0 1 1 200 a b", false },
	{ "100000 1 2 0 0 1 1 200 a\n", false },
	{ "100000 1 2 0 0 1 1 200 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true },
	{ "100000 1 2 0 0 1 1 200 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false },
	{ "100000 1 2 0 -1 1 1 200 a", false },
	{ " 100000 1 2 0 0 1 1 200 a", false },
	{ "100000 1 2 0 0 1 1 00000000000000200 a", false },
	{ "", false },
};

static void parses_rows(void **state)
{
	const struct ledger_row row = { 0x123456, 3, 1, 2, 4, 5, 6, "a file", 0x99 };
	struct ledger_row back;
	char text[LEDGER_ROW_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (ledger_row_parse(rows[i].text, &back) != rows[i].ok)
			fail_msg("'%s'", rows[i].text);
	ledger_row_format(&row, text);
	assert_string_equal(text, "123456 3 1 2 4 5 6 99 a?file");
	assert_true(ledger_row_parse(text, &back));
	assert_true(back.pfn == row.pfn && back.count == row.count && back.ptes == row.ptes &&
		    back.pmds == row.pmds && back.gets == row.gets && back.pins == row.pins &&
		    back.owners == row.owners && back.index == row.index);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(checks),	 cmocka_unit_test(idle),
		cmocka_unit_test(tables),	 cmocka_unit_test(memory_errors),
		cmocka_unit_test(bounds),	 cmocka_unit_test(budgets),
		cmocka_unit_test(layout_errors), cmocka_unit_test(parses_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
