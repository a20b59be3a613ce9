/* SPDX-License-Identifier: GPL-2.0-only */
/* The pure part of the flush oracle: trace lines, the set of dirty pages, and what cleans it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "workloads/model/flush-trace.h"

#define BEFORE "    daxrig-agent-412     [001] d..1.    31.337001: "

static void test_lines(void **state)
{
	static const struct {
		const char *line;
		enum trace_line kind;
		struct writeback w;
	} cases[] = {
		{ BEFORE "dax_writeback_one: dev 259:0 ino 0x83 pgoff 0x200 pglen 0x1",
		  TRACE_WRITEBACK,
		  { 259, 0, 0x83, 0x200, 1, 412, 0 } },
		{ BEFORE "dax_writeback_one: dev 8:17 ino 0xffffffffffffffff pgoff 0 pglen 0x200",
		  TRACE_WRITEBACK,
		  { 8, 17, UINT64_MAX, 0, 0x200, 412, 0 } },
		{ "dax_writeback_one: dev 1:2 ino 3 pgoff 4 pglen 5",
		  TRACE_WRITEBACK,
		  { 1, 2, 3, 4, 5, 0, 0 } },
		{ BEFORE "dax_flush: (dax_flush+0x0/0x60) bytes=0x200000",
		  TRACE_FLUSH,
		  { 0, 0, 0, 0, 0, 412, 0x200000 } },
		/* a task may have any name */
		{ "-1 [002] dax: (x-77      [000] d..1. 1.0: dax_flush: (a) bytes=0x1000",
		  TRACE_FLUSH,
		  { 0, 0, 0, 0, 0, 77, 0x1000 } },
		{ BEFORE "dax_flush: (dax_flush+0x0/0x60) bytes=", TRACE_GARBLED, { 0 } },
		{ BEFORE "dax_flush: (dax_flush+0x0/0x60) bytes=0x1000 more",
		  TRACE_GARBLED,
		  { 0 } },
		{ BEFORE "dax_flush: (dax_flush+0x0/0x60", TRACE_GARBLED, { 0 } },
		{ BEFORE "dax_flush: bytes=0x1000", TRACE_GARBLED, { 0 } },
		/* an event of a range tells the request, not what was flushed */
		{ BEFORE "dax_writeback_range: dev 259:0 ino 0x83 pgoff 0x0-0x7ff",
		  TRACE_OTHER,
		  { 0 } },
		{ BEFORE "dax_writeback_range_done: dev 259:0 ino 0x83 pgoff 0x0-0x7ff",
		  TRACE_OTHER,
		  { 0 } },
		{ "CPU:1 [LOST 4711 EVENTS]", TRACE_LOST, { 0 } },
		{ "CPU:0 [LOST EVENTS]", TRACE_LOST, { 0 } },
		{ "", TRACE_OTHER, { 0 } },
		{ "# tracer: nop", TRACE_OTHER, { 0 } },
		{ BEFORE "dax_writeback_one: ", TRACE_GARBLED, { 0 } },
		{ BEFORE "dax_writeback_one: dev 259:0 ino 0x83 pgoff 0x200",
		  TRACE_GARBLED,
		  { 0 } },
		{ BEFORE "dax_writeback_one: dev 259:0 ino 0x83 pgoff -1 pglen 1",
		  TRACE_GARBLED,
		  { 0 } },
		{ BEFORE "dax_writeback_one: dev 259:0 ino 0x83 pgoff 0x2 pglen 0x1 more",
		  TRACE_GARBLED,
		  { 0 } },
		{ BEFORE "dax_writeback_one: dev 99999999999:0 ino 0x83 pgoff 0x2 pglen 0x1",
		  TRACE_GARBLED,
		  { 0 } },
		{ BEFORE "dax_writeback_one: dev 259:0 ino zz pgoff 0x2 pglen 0x1",
		  TRACE_GARBLED,
		  { 0 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		/* without a NUL at the end, as in a buffer */
		size_t len = strlen(cases[i].line);
		char *line = xcalloc(1, len + !len);
		struct writeback w = { 0 };

		memcpy(line, cases[i].line, len);
		if (trace_line_read(line, len, &w) != cases[i].kind)
			fail_msg("'%s' has another kind", cases[i].line);
		if (cases[i].kind == TRACE_WRITEBACK || cases[i].kind == TRACE_FLUSH)
			assert_memory_equal(&w, &cases[i].w, sizeof(w));
		free(line);
	}
}

static void test_hostile_lines(void **state)
{
	static const char good[] = BEFORE
		"dax_writeback_one: dev 259:0 ino 0x83 pgoff 0x200 pglen 0x1";
	unsigned int seed = 3;
	struct writeback w;

	(void)state;
	for (size_t n = 0; n < sizeof(good); n++) {
		char *cut = xcalloc(1, n + !n);

		memcpy(cut, good, n);
		if (n < sizeof(good) - 1)
			assert_int_not_equal(trace_line_read(cut, n, &w), TRACE_WRITEBACK);
		free(cut);
	}
	for (int i = 0; i < 20000; i++) {
		char line[sizeof(good)];

		memcpy(line, good, sizeof(good));
		for (int j = 0; j < 3; j++)
			line[(size_t)rand_r(&seed) % (sizeof(good) - 1)] = (char)rand_r(&seed);
		trace_line_read(line, sizeof(good) - 1, &w);
	}
	{
		size_t len = 1 << 20;
		char *longest = xcalloc(1, len);

		memset(longest, 'x', len);
		memcpy(longest, good, sizeof(good) - 1);
		assert_int_equal(trace_line_read(longest, len, &w), TRACE_GARBLED);
		memset(longest, 'x', sizeof(good));
		assert_int_equal(trace_line_read(longest, len, &w), TRACE_OTHER);
		free(longest);
	}
}

/* Compares the set with an array of pages. */
static void test_dirty_pages(void **state)
{
	enum { PAGES = 64 };
	unsigned int seed = 5;

	(void)state;
	for (int round = 0; round < 500; round++) {
		struct shadow dirty = SHADOW_INIT;
		bool is[PAGES] = { false };

		for (int i = 0; i < 20; i++) {
			uint64_t page = (uint64_t)rand_r(&seed) % PAGES;
			uint64_t n = (uint64_t)rand_r(&seed) % (PAGES - page + 1);
			uint64_t first = PAGES, want_first = PAGES, want = 0;
			bool add = rand_r(&seed) % 2;

			if (add)
				dirty_add(&dirty, page, n);
			else
				dirty_drop(&dirty, page, n);
			for (uint64_t j = page; j < page + n; j++)
				is[j] = add;
			for (uint64_t j = PAGES; j-- > 0;) {
				want += is[j];
				want_first = is[j] ? j : want_first;
			}
			assert_int_equal(dirty_count(&dirty, &first), want);
			assert_int_equal(first, want_first);
		}
		shadow_deinit(&dirty);
	}
}

static void test_dirty_drop_is_bounded(void **state)
{
	struct shadow dirty = SHADOW_INIT;
	uint64_t first;

	(void)state;
	dirty_drop(&dirty, 0, UINT64_MAX);
	dirty_drop(&dirty, UINT64_MAX, UINT64_MAX);
	dirty_add(&dirty, 8, 8);
	dirty_drop(&dirty, UINT64_MAX - 1, UINT64_MAX);
	assert_int_equal(dirty_count(&dirty, &first), 8);
	dirty_drop(&dirty, 12, UINT64_MAX);
	assert_int_equal(dirty_count(&dirty, &first), 4);
	assert_int_equal(dirty.size, 16);
	shadow_deinit(&dirty);
}

/* 16 pages of both files are dirty before the operation; the rows have those after it. */
static void test_call_ranges(void **state)
{
	static const struct operation unset;
	static const struct {
		const char *op;
		uint64_t off[2], len, size;
		uint64_t left[2];
	} cases[] = {
		{ "punch", { 0x4000 }, 0x2000, 0, { 14, 16 } },
		{ "punch", { 0x4fff }, 2, 0, { 14, 16 } },
		{ "zero", { 0xf000 }, 0x10000, 0, { 15, 16 } },
		{ "write", { 0x1001 }, 1, 0, { 15, 16 } },
		{ "write", { 0x40000 }, 0x1000, 0, { 16, 16 } },
		{ "collapse", { 0x4000 }, 0x1000, 0, { 4, 16 } },
		{ "insert", { 0 }, 0x1000, 0, { 0, 16 } },
		{ "falloc", { 0 }, 0x10000, 0, { 16, 16 } },
		{ "truncate", { 0 }, 0, 0x4800, { 4, 16 } },
		{ "truncate", { 0 }, 0, 0x100000, { 16, 16 } },
		{ "clone", { 0 }, 0, 0, { 16, 0 } },
		{ "clone-range", { 0, 0x2000 }, 0x2000, 0, { 16, 14 } },
		{ "clone-range", { 0, 0x2000 }, 0, 0, { 16, 2 } },
		{ "dedupe", { 0, 0x2000 }, 0x2000, 0, { 16, 14 } },
		{ "write", { 0x1000 }, UINT64_MAX, 0, { 1, 16 } },
		{ "unlink", { 0 }, 0, 0, { 0, 0 } },
		{ "an operation without a row", { 0 }, 0, 0, { 0, 0 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct operation *op = operation_find(cases[i].op);
		struct op_call c = { .op = op ? op : &unset,
				     .len = cases[i].len,
				     .size = cases[i].size,
				     .off = { cases[i].off[0], cases[i].off[1] } };

		for (int f = 0; f < 2; f++) {
			struct shadow dirty = SHADOW_INIT;
			uint64_t page, pages, first;

			/* only files that the call names count */
			if (f && cases[i].left[1] == 16)
				continue;
			dirty_add(&dirty, 0, 16);
			if (flush_call_range(&c, f, &page, &pages))
				dirty_drop(&dirty, page, pages);
			if (dirty_count(&dirty, &first) != cases[i].left[f])
				fail_msg("%s, row %zu: file %d keeps %llu pages", cases[i].op, i, f,
					 (unsigned long long)dirty_count(&dirty, &first));
			shadow_deinit(&dirty);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),	    cmocka_unit_test(test_hostile_lines),
		cmocka_unit_test(test_dirty_pages), cmocka_unit_test(test_dirty_drop_is_bounded),
		cmocka_unit_test(test_call_ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
