/* SPDX-License-Identifier: GPL-2.0-only */
/* What each case ran, and the choice of few: made-up cases, without QEMU. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/code-map.h"
#include "base/code-runs.h"
#include "reports/coverage/each.h"

#define KERNEL 0xffffffff81000000ull
#define MODULE 0xffffffffc0000000ull

static const struct coverage_code no_code;

static const struct {
	const char *what;
	uint64_t at[8]; /* from and to, in bits of the map; 0, 0 ends them */
} maps[] = {
	{ "nothing", { 0 } },
	{ "one bit", { 77, 78 } },
	{ "across bytes", { 77, 91 } },
	{ "across a page of the map", { 8 * PAGE - 3, 8 * PAGE + 5 } },
	{ "to the end of a page, then a hole", { 8 * PAGE - 3, 8 * PAGE } },
	{ "from a page on", { 80 * PAGE, 80 * PAGE + 8 * PAGE } },
	{ "several", { 1, 2, 3, 300000, 400000, 400001 } },
	{ "the last bit", { 8 * CODE_MAP_BYTES - 1, 8 * CODE_MAP_BYTES } },
};

static uint8_t *new_map(int fd)
{
	uint8_t *map = mmap(NULL, CODE_MAP_BYTES, PROT_READ | PROT_WRITE,
			    fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE : MAP_SHARED, fd,
			    0);

	assert_true(map != MAP_FAILED);
	return map;
}

/* What a map is written as is read as the same map. */
static void test_runs(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(maps); i++) {
		_cleanup_close_ int fd = memfd_create("map", MFD_CLOEXEC);
		_cleanup_buf_ struct buf runs = BUF_INIT;
		uint8_t *map, *back = new_map(-1);
		size_t differ = 0;

		assert_int_equal(ftruncate(fd, (off_t)CODE_MAP_BYTES), 0);
		map = new_map(fd);
		for (const uint64_t *p = maps[i].at; p[1]; p += 2)
			for (uint64_t bit = p[0]; bit < p[1]; bit++)
				map[bit / 8] |= (uint8_t)(1u << (bit % 8));
		assert_null(code_runs_read(fd, "made up", &runs));
		assert_true(code_runs_add(runs.data, runs.len, back));
		for (const uint64_t *p = maps[i].at; p[1]; p += 2)
			for (uint64_t at = p[0] / 8 - !!(p[0] / 8); at <= p[1] / 8; at++)
				differ += at < CODE_MAP_BYTES && map[at] != back[at];
		if (differ)
			fail_msg("%s: %zu bytes differ", maps[i].what, differ);
		munmap(map, CODE_MAP_BYTES);
		munmap(back, CODE_MAP_BYTES);
	}
}

static void test_bad_runs(void **state)
{
	static const struct {
		const char *data;
		size_t len;
	} bad[] = {
		{ "\x80", 1 },				   /* a number goes on */
		{ "\x05\x80", 2 },			   /* the second */
		{ "\xff\xff\xff\xff\x7f", 5 },		   /* beyond the map */
		{ "\x02\xff\xff\xff\xff\x07", 6 },	   /* together with the first */
		{ "\xff\xff\xff\xff\xff\xff\xff\x01", 8 }, /* too long a number */
	};
	uint8_t *map = new_map(-1);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (code_runs_add(bad[i].data, bad[i].len, map))
			fail_msg("it takes row %zu", i);
	assert_true(code_runs_add("", 0, map));
	munmap(map, CODE_MAP_BYTES);
}

/* Two filesystems' guests; the module lies elsewhere in the second. */
struct world {
	struct coverage xfs, ext4, all;
	struct each_place places[3];
	struct each each;
};

static void read_guests(struct coverage *out, const char *lines)
{
	_cleanup_buf_ struct buf names = BUF_INIT;
	uint8_t *map = new_map(-1);
	struct scope s;

	/* what ran in any of them */
	for (uint64_t i = 0; i < 0x20; i++) {
		map[code_map_byte(KERNEL + i)] |= code_map_bit(KERNEL + i);
		map[code_map_byte(MODULE + i)] |= code_map_bit(MODULE + i);
		map[code_map_byte(MODULE + PAGE + i)] |= code_map_bit(MODULE + PAGE + i);
	}
	buf_adds(&names, lines);
	scope_of_glob("[fm]*", &s);
	assert_null(coverage_read(out, &s, &names, map, &no_code));
	scope_deinit(&s);
	munmap(map, CODE_MAP_BYTES);
}

static void world_init(struct world *w)
{
	*w = (struct world){ .places = { { "xfs", &w->xfs }, { "ext4", &w->ext4 } } };
	read_guests(&w->xfs, "ffffffff81000000 T f\nffffffff81000010 T g\n"
			     "ffffffffc0000000 t m\t[pmem]\nffffffffc0000010 t o\t[pmem]\n");
	read_guests(&w->ext4, "ffffffff81000000 T f\nffffffff81000010 T g\n"
			      "ffffffffc0001000 t m\t[pmem]\nffffffffc0001010 t o\t[pmem]\n");
	coverage_merge(&w->all, &w->xfs);
	coverage_merge(&w->all, &w->ext4);
}

static void world_deinit(struct world *w)
{
	each_deinit(&w->each);
	coverage_deinit(&w->xfs);
	coverage_deinit(&w->ext4);
	coverage_deinit(&w->all);
}

/* Adds a case that ran @len bytes from @addr on. */
static struct err *add_case(struct world *w, const char *head, uint64_t addr, uint64_t len)
{
	_cleanup_close_ int fd = memfd_create("map", MFD_CLOEXEC);
	_cleanup_buf_ struct buf text = BUF_INIT;
	uint8_t *map;

	assert_int_equal(ftruncate(fd, (off_t)CODE_MAP_BYTES), 0);
	map = new_map(fd);
	for (uint64_t i = 0; i < len; i++)
		map[code_map_byte(addr + i)] |= code_map_bit(addr + i);
	munmap(map, CODE_MAP_BYTES);
	buf_adds(&text, head);
	assert_null(code_runs_read(fd, "made up", &text));
	return each_add(&w->each, &w->all, w->places, &text);
}

/* A module's function is the same wherever it lies. */
static void test_places(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	assert_null(add_case(&w, "xfs xfs/a\n", MODULE, 4));
	assert_null(add_case(&w, "ext4 ext4/a\n", MODULE + PAGE, 4));
	assert_null(add_case(&w, "xfs xfs/g\n", KERNEL + 0x10, 4)); /* not in the scope */
	assert_null(add_case(&w, "ext4 ext4/none\n", MODULE, 4));   /* not there in ext4's */
	assert_int_equal(w.each.bytes, 0x20);
	assert_int_equal(w.each.v[0].ran, 4);
	assert_memory_equal(w.each.v[0].bits, w.each.v[1].bits, w.each.bytes / 8 + 1);
	assert_int_equal(w.each.v[2].ran, 0);
	assert_int_equal(w.each.v[3].ran, 0);
	world_deinit(&w);
}

static void test_bad_cases(void **state)
{
	static const char *const heads[] = { "",   "xfs",	    "xfs xfs/a", "xfs \n",
					     "\n", "ext3 ext3/a\n", " xfs/a\n" };
	struct world w;

	(void)state;
	world_init(&w);
	for (size_t i = 0; i < ARRAY_SIZE(heads); i++) {
		_cleanup_err_ struct err *err = add_case(&w, heads[i], KERNEL, 0);

		if (!err)
			fail_msg("it takes '%s'", heads[i]);
		assert_string_equal(err->message, "its first line names no case of this run");
	}
	assert_int_equal(w.each.n, 0);
	world_deinit(&w);
}

/* Prints by each_choose() into a text, which the caller frees. */
static char *chosen(struct world *w)
{
	char *text = NULL;
	size_t len;
	FILE *file = open_memstream(&text, &len), *out = stdout;

	assert_non_null(file);
	stdout = file;
	each_choose(&w->each, &w->all);
	stdout = out;
	fclose(file);
	return text;
}

static void check_chosen(struct world *w, const char *expected)
{
	_cleanup_free_ char *text = chosen(w);

	assert_string_equal(text, expected);
}

static void test_choose(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	assert_null(add_case(&w, "xfs xfs/part\n", KERNEL, 4));
	assert_null(add_case(&w, "xfs xfs/whole\n", KERNEL, 16));
	assert_null(add_case(&w, "xfs xfs/same\n", KERNEL, 16));
	assert_null(add_case(&w, "ext4 ext4/module\n", MODULE + PAGE, 2));
	for (size_t i = 0; i < w.each.n; i++)
		w.each.v[i].ns = 1000000000;
	check_chosen(&w, "case     xfs/whole  # runs 16 more bytes, the first in f\n"
			 "case     ext4/module  # runs 2 more bytes, the first in m\n");
	/* the same in less time */
	w.each.v[2].ns = 500000000;
	check_chosen(&w, "case     xfs/same  # runs 16 more bytes, the first in f\n"
			 "case     ext4/module  # runs 2 more bytes, the first in m\n");
	w.each.v[2].barred = true;
	w.each.v[0].why = "kills a mutant";
	check_chosen(&w, "case     xfs/part  # kills a mutant\n"
			 "case     xfs/whole  # runs 12 more bytes, the first in f\n"
			 "case     ext4/module  # runs 2 more bytes, the first in m\n");
	world_deinit(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_runs),   cmocka_unit_test(test_bad_runs),
		cmocka_unit_test(test_places), cmocka_unit_test(test_bad_cases),
		cmocka_unit_test(test_choose),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
