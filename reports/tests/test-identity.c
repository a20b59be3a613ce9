/* SPDX-License-Identifier: GPL-2.0-only */
/* What makes two findings, or two cases of different runs, the same one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "reports/history/identity.h"

static const struct {
	const char *name, *same;
} cases[] = {
	{ "xfs/a/rdma", "xfs/a/rdma" },
	{ "xfs/a/rdma~1", "xfs/a/rdma" },
	{ "xfs/a/rdma~10000", "xfs/a/rdma" },
	/* of an older daxrig */
	{ "xfs/a/rdma#2", "xfs/a/rdma" },
	/* no number, no name, or no mark */
	{ "xfs/a~", "xfs/a~" },
	{ "xfs/a~b", "xfs/a~b" },
	{ "xfs/a~1b", "xfs/a~1b" },
	{ "~1", "~1" },
	{ "xfs/shared-2", "xfs/shared-2" },
	{ "12", "12" },
	{ "", "" },
	/* only the last is the mark */
	{ "xfs/a~1~2", "xfs/a~1" },
};

static void test_case(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_free_ char *got = identity_case(cases[i].name);

		assert_string_equal(got, cases[i].same);
	}
}

static const struct {
	const char *found, *same;
} findings[] = {
	{ NULL, "" },
	{ "returned after 3 ms", "returned after N ms" },
	{ "took 0.35 s at 0x1f00, 17 times", "took N s at N, N times" },
	{ "ext4: folio_put2 at line 3.", "ext4: folio_put2 at line N." },
};

static void test_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(findings); i++) {
		_cleanup_free_ char *got = identity_found(findings[i].found);

		assert_string_equal(got, findings[i].same);
	}
}

static const struct {
	const char *a, *b;
	bool same;
} texts[] = {
	{ "fs xfs\nsync\n", "# what it shows\nfs xfs   # only\n\n  \nsync", true },
	{ "fs xfs\nsync\n", "fs xfs\nsync\nsync\n", false },
	{ "fs xfs\nsync\n", "fs xfs sync\n", false },
	{ "fs xfs\n", "fs ext4\n", false },
	{ "# a\n", "", true },
};

static void test_scenario(void **state)
{
	char a[IDENTITY_HASH], b[IDENTITY_HASH];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		identity_scenario(texts[i].a, a);
		identity_scenario(texts[i].b, b);
		if ((strcmp(a, b) == 0) != texts[i].same)
			fail_msg("text %zu", i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_case),
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_scenario),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
