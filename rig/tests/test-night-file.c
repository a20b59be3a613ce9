/* SPDX-License-Identifier: GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "nightly/night-file.h"

static void test_whole(void **state)
{
	static const char text[] = "# every night\n"
				   "kernel deb:6.1\n"
				   "kernel deb:6.12   # stable\n"
				   "plan nightly\n"
				   "shard 2/5\n"
				   "known /srv/known.txt\n"
				   "recheck 7\n"
				   "budget 6h\n"
				   "site /srv/www\n"
				   "keep 60d 20G\n"
				   "mail  mail -s 'a  b' root\n"
				   "jobs 3\n"
				   "vmcore 4\n";
	struct night_file n;
	struct err *err = night_file_parse("x", text, strlen(text), &n);

	(void)state;
	if (err)
		fail_msg("%s", err->message);
	assert_int_equal(n.nr_kernels, 2);
	assert_string_equal(n.kernels[1], "deb:6.12");
	assert_string_equal(n.plan, "nightly");
	assert_int_equal(n.shard.number, 2);
	assert_int_equal(n.shard.of, 5);
	assert_string_equal(n.known, "/srv/known.txt");
	assert_int_equal(n.recheck, 7);
	assert_true(n.budget_ns == 21600ull * 1000000000);
	assert_string_equal(n.site, "/srv/www");
	assert_int_equal(n.keep_s, 60 * 86400);
	assert_true(n.keep_bytes == 20ull << 30);
	assert_string_equal(n.mail, "mail -s 'a  b' root");
	assert_int_equal(n.jobs, 3);
	assert_int_equal(n.vmcores, 4);
	night_file_deinit(&n);
}

static void test_defaults(void **state)
{
	struct night_file n;
	struct err *err = night_file_parse("x", "kernel deb:6.1", 14, &n);

	(void)state;
	assert_null(err);
	assert_string_equal(n.plan, "quick");
	assert_int_equal(n.recheck, 5);
	assert_null(n.known);
	assert_null(n.site);
	assert_int_equal(n.keep_s, 0);
	night_file_deinit(&n);
}

static void test_bad(void **state)
{
	static const struct {
		const char *text, *says;
	} table[] = {
		{ "", "'x' names no kernel" },
		{ "plan quick\n", "'x' names no kernel" },
		{ "kernel\n", "x:1:7: expected a kernel" },
		{ "kernel deb:6.1\nkernel deb:6.1\n", "x:2:8: kernel 'deb:6.1' is given twice" },
		{ "kernle deb:6.1\n",
		  "x:1:1: no line of a night 'kernle'; did you mean 'kernel'?" },
		{ "wibble\n", "expected kernel, plan, shard" },
		{ "kernel deb:6.1 deb:6.12\n", "x:1:16: " },
		{ "kernel dob:6.1\n", "x:1:8: " },
		{ "kernel deb:6.1\nplan a\nplan b\n", "x:3:1: 'plan' is given twice" },
		{ "kernel deb:6.1\nshard 6/5\n", "x:2:7: " },
		{ "kernel deb:6.1\nbudget 6\n", "x:2:8: expected a time" },
		{ "kernel deb:6.1\nbudget 0h\n", "x:2:8: expected a time" },
		{ "kernel deb:6.1\nbudget 6y\n", "x:2:8: expected a time" },
		{ "kernel deb:6.1\nbudget 99999999999h\n", "x:2:8: expected a time" },
		{ "kernel deb:6.1\nkeep 60d\n", "x:2:9: expected a size" },
		{ "kernel deb:6.1\nkeep 60d 0\n", "x:2:10: expected a size" },
		{ "kernel deb:6.1\nrecheck 101\n", "x:2:9: expected 0 to 100" },
		{ "kernel deb:6.1\njobs 0\n", "x:2:6: expected 1 to 64" },
		{ "kernel deb:6.1\nvmcore 101\n", "x:2:8: expected 1 to 100" },
		{ "kernel deb:6.1\nmail\n", "x:2:5: expected a command" },
		{ "kernel deb:6.1\nsite a b\n", "x:2:8: " },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct night_file n;
		struct err *err = night_file_parse("x", table[i].text, strlen(table[i].text), &n);

		if (!err || err->code != ERR_USAGE || !strstr(err->message, table[i].says))
			fail_msg("%s: '%s', expected '%s'", table[i].text,
				 err ? err->message : "accepted", table[i].says);
		err_free(err);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
