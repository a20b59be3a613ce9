// SPDX-License-Identifier: GPL-2.0-only
/* Compares each way to search with a search that compares every literal at every place. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "reports/splat/needles.h"

static const enum needles_way ways[] = { NEEDLES_PLAIN, NEEDLES_SSSE3, NEEDLES_AVX2 };

static size_t find_naively(const char *const *literals, size_t n, const char *data, size_t len,
			   size_t *which)
{
	for (size_t at = 0; at < len; at++)
		for (size_t i = 0; i < n; i++) {
			size_t size = strlen(literals[i]);

			if (size <= len - at && memcmp(data + at, literals[i], size) == 0) {
				*which = i;
				return at;
			}
		}
	return len;
}

static void check(const struct needles *needles, const char *const *literals, size_t n,
		  const char *data, size_t len)
{
	size_t which = 4711, expected = 4711;
	size_t at = find_naively(literals, n, data, len, &expected);

	assert_int_equal(needles_find(needles, data, len, &which), at);
	assert_int_equal(which, expected);
}

static uint32_t next(uint32_t *seed)
{
	*seed = *seed * 1103515245 + 12345;
	return *seed >> 16 & 0x7fff;
}

/* One page between two that cannot be read. */
struct edge {
	char *map;
	size_t page;
};

static void edge_init(struct edge *e)
{
	e->page = (size_t)sysconf(_SC_PAGESIZE);
	e->map = mmap(NULL, 3 * e->page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_true(e->map != MAP_FAILED);
	assert_int_equal(mprotect(e->map + e->page, e->page, PROT_READ | PROT_WRITE), 0);
}

static void edge_deinit(struct edge *e)
{
	munmap(e->map, 3 * e->page);
}

#define RANDOM_SETS 60
#define RANDOM_LITERALS 12

/* Literals of a small alphabet, so that there are hits and near hits everywhere. */
static void test_random(void **state)
{
	static char text[RANDOM_LITERALS][NEEDLE_MAX + 1];
	const char *literals[RANDOM_LITERALS];
	uint32_t seed = 1;
	struct edge e;

	(void)state;
	edge_init(&e);
	for (int set = 0; set < RANDOM_SETS; set++) {
		size_t n = 1 + next(&seed) % RANDOM_LITERALS;
		uint32_t letters = 2 + next(&seed) % 5, most = 1 + next(&seed) % 12;
		struct needles *needles;

		for (size_t i = 0; i < n; i++) {
			size_t len = NEEDLE_MIN + next(&seed) % most;

			for (size_t j = 0; j < len; j++)
				text[i][j] = (char)('a' + next(&seed) % letters);
			text[i][len] = '\0';
			literals[i] = text[i];
		}
		needles = needles_create(literals, n);
		for (size_t len = 0; len <= 200; len++) {
			/* at the end of the readable page, then at its start */
			char *data = e.map + 2 * e.page - len;

			for (size_t i = 0; i < len; i++)
				data[i] = (char)('a' + next(&seed) % (letters + set % 3));
			for (size_t w = 0; w < ARRAY_SIZE(ways); w++)
				if (needles_set_way(needles, ways[w]))
					check(needles, literals, n, data, len);
			memmove(e.map + e.page, data, len);
			check(needles, literals, n, e.map + e.page, len);
		}
		needles_destroy(needles);
	}
	edge_deinit(&e);
}

/* One literal at each place of each length, and cut by each end. */
static void test_places(void **state)
{
	static const char *const literals[] = {
		"BUG: ", "abc", "list_add corruption. prev->next",
		"general protection fault, probably for non-canonical address 0x"
	};
	struct needles *needles = needles_create(literals, ARRAY_SIZE(literals));
	struct edge e;

	(void)state;
	edge_init(&e);
	for (size_t w = 0; w < ARRAY_SIZE(ways); w++) {
		if (!needles_set_way(needles, ways[w]))
			continue;
		for (size_t len = 1; len <= 200; len++) {
			char *data = e.map + 2 * e.page - len;

			for (size_t at = 0; at < len; at++) {
				size_t i = (at + len) % ARRAY_SIZE(literals), which = 9;
				size_t size = MIN(strlen(literals[i]), len - at), found;

				memset(data, '.', len);
				memcpy(data + at, literals[i], size);
				found = needles_find(needles, data, len, &which);
				assert_int_equal(found, size == strlen(literals[i]) ? at : len);
				assert_int_equal(which, found == at ? i : 9);
			}
		}
	}
	edge_deinit(&e);
	needles_destroy(needles);
}

/* If two literals of a row begin at one place, the first one wins. */
static const struct {
	const char *literals[5], *data;
	size_t len, at, which;
} cases[] = {
	{ { "BUG: ", "BUG" }, "a BUG: b", 8, 2, 0 },
	{ { "BUG", "BUG: " }, "a BUG: b", 8, 2, 0 },
	{ { "BUG: ", "BUG" }, "a BUG:b", 7, 2, 1 },
	{ { "BUG: ", "BUG" }, "a BUG: ", 6, 2, 1 },
	{ { "same", "same" }, "the same", 8, 4, 0 },
	/* all begin at one place, the later ones with later marks */
	{ { "bug", "bug #QZ@", "bug #QZ@!VW" }, "a bug #QZ@!VW", 13, 2, 0 },
	/* begins first and ends last */
	{ { "BUG", "a very long one with BUG in it" }, "a very long one with BUG in it", 30, 0, 1 },
	{ { "BUG", "a very long one with BUG in it" }, "a very long one with BUG in i", 29, 21, 0 },
	{ { "ing", "ength", "strengthening" }, "it strengthening", 16, 3, 2 },
	{ { "abc", "bcd", "abcd", "cde" }, "xabcde", 6, 1, 0 },
	{ { "BUG" }, "bug Bug BU G", 12, 12, 9 },
	{ { "BUG" }, "BU\0BUG", 6, 3, 0 },
	{ { "BUG" },
	  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0BUG\0",
	  38,
	  34,
	  0 },
	{ { "abc" }, "ab", 2, 2, 9 },
	{ { "abc" }, "abc", 3, 0, 0 },
	{ { "abc" }, "", 0, 0, 9 },
	{ { "\xff\xfe\x80\x81" }, "\x7f\x7e\xff\xfe\x80\x81", 6, 2, 0 },
	{ { "012345678901234567890123456789012345678901234567890123456789abcd" },
	  "0123456789012345678901234567890123456789012345678901234567890123456789abcd",
	  74,
	  10,
	  0 },
};

static void test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct needles *needles;
		size_t n = 0, which;

		while (n < ARRAY_SIZE(cases[i].literals) && cases[i].literals[n])
			n++;
		needles = needles_create(cases[i].literals, n);
		for (size_t w = 0; w < ARRAY_SIZE(ways); w++) {
			if (!needles_set_way(needles, ways[w]))
				continue;
			which = 9;
			assert_int_equal(needles_find(needles, cases[i].data, cases[i].len, &which),
					 cases[i].at);
			assert_int_equal(which, cases[i].which);
		}
		needles_destroy(needles);
	}
}

/* Of the largest number of literals, each is found. */
static void test_many(void **state)
{
	static char text[NEEDLES_MAX][NEEDLE_MAX + 1], data[4 * NEEDLE_MAX];
	const char *literals[NEEDLES_MAX];
	struct needles *needles;
	uint32_t seed = 7;

	(void)state;
	for (size_t i = 0; i < NEEDLES_MAX; i++) {
		size_t len = NEEDLE_MIN + next(&seed) % (NEEDLE_MAX - NEEDLE_MIN + 1);

		for (size_t j = 0; j < len; j++)
			text[i][j] = (char)(1 + next(&seed) % 255);
		literals[i] = text[i];
	}
	needles = needles_create(literals, NEEDLES_MAX);
	for (size_t w = 0; w < ARRAY_SIZE(ways); w++) {
		if (!needles_set_way(needles, ways[w]))
			continue;
		for (size_t i = 0; i < NEEDLES_MAX; i++) {
			for (size_t j = 0; j < sizeof(data); j++)
				data[j] = (char)next(&seed);
			memcpy(data + next(&seed) % 150, text[i], strlen(text[i]));
			check(needles, literals, NEEDLES_MAX, data, sizeof(data));
		}
	}
	needles_destroy(needles);
	needles_destroy(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
