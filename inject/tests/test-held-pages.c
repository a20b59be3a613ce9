/* SPDX-License-Identifier: GPL-2.0-only */
/* Which of hand-made struct pages are held, by both generations of kernels; and their wire form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "inject/tests/made-up-pages.h"

static const struct {
	const char *what;
	bool new, large;
	struct {
		unsigned int page, at;
		int32_t value;
	} plants[4];
	const char *held; /* first page from FIRST on, pages, references, mappings, large */
} rows[] = {
	{ "all idle, old kernel", .held = "" },
	{ "all idle, new kernel", .new = true, .held = "" },
	{ "a get, old kernel", .plants = { { 9, REFCOUNT, 2 } }, .held = "9 1 2 0 0\n" },
	{ "a pin, old kernel", .plants = { { 9, REFCOUNT, 1025 } }, .held = "9 1 1025 0 0\n" },
	{ "a reference too few", .plants = { { 9, REFCOUNT, 0 } }, .held = "" },
	{ "a get, new kernel", true, .plants = { { 9, REFCOUNT, 1 } }, .held = "9 1 1 0 0\n" },
	{ "mapped", true, .plants = { { 9, REFCOUNT, 1 }, { 9, MAPCOUNT, 0 } }, .held = "" },
	{ "mapped and pinned", true, .plants = { { 9, REFCOUNT, 1025 }, { 9, MAPCOUNT, 0 } },
	  .held = "9 1 1025 1 0\n" },
	{ "a mapping more than references", true,
	  .plants = { { 9, REFCOUNT, 1 }, { 9, MAPCOUNT, 1 } }, .held = "" },
	{ "a mapcount of garbage", true, .plants = { { 9, REFCOUNT, 1 }, { 9, MAPCOUNT, -7 } },
	  .held = "" },
	{ "two runs", true,
	  .plants = { { 9, REFCOUNT, 1 },
		      { 10, REFCOUNT, 1 },
		      { 11, REFCOUNT, 2 },
		      { 13, REFCOUNT, 2 } },
	  .held = "9 2 1 0 0\n11 1 2 0 0\n13 1 2 0 0\n" },
	{ "a large folio that is mapped",
	  true,
	  true,
	  { { 512, REFCOUNT, 1 }, { 512, LARGE_MAPCOUNT, 0 } },
	  "" },
	{ "a large folio that is held",
	  true,
	  true,
	  { { 512, REFCOUNT, 2 }, { 512, LARGE_MAPCOUNT, 0 }, { 512, PINCOUNT, 1 } },
	  "512 1 2 1 1\n" },
	{ "the first page of what may have been a large folio", true,
	  .plants = { { 511, REFCOUNT, 1 },
		      { 512, REFCOUNT, 1 },
		      { 513, REFCOUNT, 1 },
		      { 514, REFCOUNT, 1 } },
	  .held = "511 1 1 0 0\n512 1 1 0 1\n513 2 1 0 0\n" },
	{ "an old kernel has no large folios here",
	  .plants = { { 511, REFCOUNT, 2 }, { 512, REFCOUNT, 2 }, { 513, REFCOUNT, 2 } },
	  .held = "511 3 2 0 0\n" },
};

static void plant(size_t i)
{
	all_idle(rows[i].new);
	if (rows[i].large)
		make_large(true);
	for (size_t j = 0; j < ARRAY_SIZE(rows[i].plants); j++)
		if (rows[i].plants[j].at)
			put32(rows[i].plants[j].page, rows[i].plants[j].at,
			      rows[i].plants[j].value);
}

static void finds(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct ledger_layout l = layout(rows[i].new);
		_cleanup_buf_ struct buf got = BUF_INIT;
		struct ledger_held out[8];
		uint64_t next;
		size_t n;

		plant(i);
		assert_null(ledger_find_held(&l, &mem, FIRST, PAGES, out, 8, &n, &next));
		assert_int_equal(next, FIRST + PAGES);
		for (size_t j = 0; j < n; j++)
			buf_addf(&got, "%u %u %u %u %u\n", (unsigned int)(out[j].pfn - FIRST),
				 out[j].count, out[j].refs, out[j].maps, out[j].large);
		if (strcmp(buf_str(&got), rows[i].held) != 0)
			fail_msg("%s: %s", rows[i].what, buf_str(&got));
	}
}

/* What does not fit is found from *next on, also within a block of pages. */
static void goes_on(void **state)
{
	struct ledger_layout l = layout(true);
	uint64_t at = FIRST + 3, next;
	unsigned int runs = 0;

	(void)state;
	all_idle(true);
	for (unsigned int i = 1; i < PAGES; i += 2)
		put32(i, REFCOUNT, 1);
	for (; at < FIRST + PAGES; at = next) {
		struct ledger_held out[100];
		size_t n;

		assert_null(
			ledger_find_held(&l, &mem, at, FIRST + PAGES - at, out, 100, &n, &next));
		assert_true(next > at);
		for (size_t i = 0; i < n; i++, runs++)
			assert_int_equal(out[i].pfn, FIRST + 3 + 2 * runs);
	}
	assert_int_equal(runs, PAGES / 2 - 1);
}

/* A guest asks for more pages than it has; its memory cannot be read; the budget is spent. */
static void errors(void **state)
{
	struct ledger_layout l = layout(true);
	struct ledger_budget budget = { .bytes = 100, .ns = 1000000000 };
	const struct ledger_memory little = { read_memory, NULL, &budget };
	struct ledger_held out[8];
	uint64_t next;
	size_t n;

	(void)state;
	err_free(ledger_find_held(&l, &mem, FIRST, PAGES, out, 8, &n, &next));
	for (int i = 0; i < 3; i++) {
		_cleanup_err_ struct err *err = ledger_find_held(
			&l, i == 2 ? &little : &mem, FIRST + (i == 1 ? PAGES : 0), PAGES + (i == 0),
			out, 8, &n, &next);

		assert_non_null(err);
	}
	assert_true(budget.refused);
}

static void wire(void **state)
{
	static const char *const bad[] = {
		"",
		"no",
		"held from ",
		"held from 20\n",
		"held from 20 ",
		"held from 20 \n1 1 1 1 1\n",
		"held from 20 \n1 1 1 1 2 \n",
		"held from 20 \n1 1 1 1 1 ",
		"held from 20 \n1 0 1 1 1 \n",
		"held from 20 \n1f 2 1 1 1 \n",
		"held from 20 \n5 2 1 1 0 \n6 1 1 1 0 \n",
		"held from 20 \n1 1 80000000 0 0 \n",
		"held from 20 \n1 1 1 1 0 \n2 1 1 1 0 \n3 1 1 1 0 \n",
	};
	const struct ledger_held h[] = { { 0xffffffffff, 1u << 22, INT32_MAX, INT32_MAX, true } };
	struct ledger_held out[2];
	char line[LEDGER_HELD_MAX], text[128];
	uint64_t next;

	(void)state;
	ledger_held_format(h, line);
	snprintf(text, sizeof(text), LEDGER_HELD_HEAD "1ffffffffff \n%s", line);
	assert_int_equal(ledger_held_parse(text, out, 2, &next), 1);
	assert_int_equal(next, 0x1ffffffffff);
	assert_memory_equal(out, h, sizeof(h));
	assert_int_equal(
		ledger_held_parse("held from 20 \n1 1 1 0 0 \n2 1 2 0 0 \n", out, 2, &next), 2);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (ledger_held_parse(bad[i], out, 2, &next))
			fail_msg("taken: %s", bad[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds),
		cmocka_unit_test(goes_on),
		cmocka_unit_test(errors),
		cmocka_unit_test(wire),
	};

	return cmocka_run_group_tests_name("held pages", tests, NULL, NULL);
}
