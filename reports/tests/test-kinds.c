// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "reports/record/triage.h"

static void test_reasons(void **state)
{
	static const struct {
		const char *reason, *kind;
	} rows[] = {
		{ "state R in 0, 87.1 ms CPU in 121 ms", "state R in N, N ms CPU in N ms" },
		{ "page 0x1f of file 'a' (inode 4101)", "page N of file 'a' (inode N)" },
		{ "0x, 0xg, ext4, folio_put2, 4k", "Nx, Nxg, ext4, folio_put2, Nk" },
		{ "ends in 5.", "ends in N." },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct kinds k = KINDS_INIT;

		kinds_add(&k, "a", rows[i].reason);
		assert_string_equal(k.v[0]->reason, rows[i].kind);
		kinds_deinit(&k);
	}
}

static void test_where(void **state)
{
	static const struct {
		const char *names[8];
		const char *where;
	} rows[] = {
		{ { "xfs/4k/rdma/mapped/punch" }, "xfs/4k/rdma/mapped/punch" },
		{ { "xfs/4k/punch", "ext4/4k/punch", "xfs/4k/punch/touch" },
		  "{xfs,ext4}/4k/punch[/touch]" },
		{ { "a/1", "a/2", "a/3", "a/4" }, "a/{1,2,3,4}" },
		{ { "a/1", "a/2", "a/3", "a/4", "a/5", "a/1" }, "a/*" },
		{ { "a", "a/b", "a/b/c" }, "a[/b[/c]]" },
		{ { "1/2/3/4/5/6/7/8/9", "1/2/3/4/5/6/7/8/9/10" }, "1/2/3/4/5/6/7/{8/9,8/9/10}" },
		{ { "", "/" }, "[/]" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_buf_ struct buf where = BUF_INIT;
		struct kinds k = KINDS_INIT;

		for (size_t n = 0; n < ARRAY_SIZE(rows[i].names) && rows[i].names[n]; n++)
			kinds_add(&k, rows[i].names[n], "why");
		assert_int_equal(k.n, 1);
		kind_add_where(k.v[0], &where);
		assert_string_equal(buf_str(&where), rows[i].where);
		kinds_deinit(&k);
	}
}

static void test_many(void **state)
{
	const uint64_t start = now_ns();
	struct kinds k = KINDS_INIT;

	(void)state;
	for (unsigned int i = 0; i < 200000; i++) {
		char reason[] = "aaaaaa";

		for (unsigned int c = 0, rest = i % 100000; rest; rest /= 26)
			reason[c++] = (char)('a' + rest % 26);
		kinds_add(&k, "x", reason);
	}
	assert_int_equal(k.n, 100000);
	assert_int_equal(k.v[99999]->cases, 2);
	kinds_deinit(&k);
	/* a linear search took minutes */
	assert_in_range(now_ns() - start, 0, 20ull * 1000000000);
}

static void test_order(void **state)
{
	struct kinds k = KINDS_INIT;

	(void)state;
	kinds_add(&k, "one", "x 1");
	kinds_add(&k, "two", "y 1");
	kinds_add(&k, "three", "z 1");
	kinds_add(&k, "four", "y 22");
	kinds_add(&k, "five", "z 0x5");
	kinds_sort(&k);
	assert_int_equal(k.n, 3);
	assert_string_equal(k.v[0]->first, "two");
	assert_int_equal(k.v[0]->cases, 2);
	assert_string_equal(k.v[1]->first, "three");
	assert_string_equal(k.v[2]->reason, "x N");
	assert_int_equal(k.v[2]->cases, 1);
	kinds_deinit(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_where),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
