/* SPDX-License-Identifier: GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "bench/stats.h"

static void test_median(void **state)
{
	static const struct {
		double v[5];
		size_t n;
		double median;
	} cases[] = {
		{ { 0 }, 0, 0 },
		{ { 7 }, 1, 7 },
		{ { 9, 1 }, 2, 5 },
		{ { 9, 1, 2 }, 3, 2 },
		{ { 4, 100, 1, 2 }, 4, 3 },
		{ { 5, 4, 3, 2, 1 }, 5, 3 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct samples s = { 0 };

		for (size_t j = 0; j < cases[i].n; j++)
			samples_add(&s, cases[i].v[j]);
		assert_true(samples_median(&s) == cases[i].median);
		samples_deinit(&s);
	}
}

/* The first mapping is that of a template: its pages that were only read do not count. */
static const char smaps[] =
	"7f0000000000-7f0040000000 rw-p 00000000 08:01 4242   /c/templates/aa/ram\n"
	"Size:            1048576 kB\n"
	"Rss:              200000 kB\n"
	"Pss:              150000 kB\n"
	"Pss_Dirty:         40000 kB\n"
	"Anonymous:         40000 kB\n"
	"VmFlags: rd wr mr mw me ac sd\n"
	"7f0050000000-7f0051000000 rw-p 00000000 00:00 0\n"
	"Pss:                3000 kB\n"
	"Anonymous:          3000 kB\n"
	"7f0060000000-7f0061000000 r-xp 00000000 08:01 4243   /usr/bin/qemu-system-x86_64\n"
	"Pss:                1000 kB\n"
	"Anonymous:             0 kB\n"
	"7f0070000000-7f0071000000 r--p 00000000 08:01 4244   /c/templatesx/ram\n"
	"Pss:                   7 kB\n"
	"Anonymous:             0 kB\n";

static void test_smaps(void **state)
{
	static const struct {
		const char *text, *folder;
		uint64_t kb;
	} cases[] = {
		{ smaps, "/c/templates", 40000 + 3000 + 1000 + 7 },
		{ smaps, "/none", 150000 + 3000 + 1000 + 7 },
		{ smaps, "/c/templatesx", 150000 + 3000 + 1000 },
		{ "", "/c", 0 },
		{ "Pss: many kB\nPss:\nPss: 5", "/c", 5 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(smaps_beyond(cases[i].text, cases[i].folder), cases[i].kb * 1024);
}

static void test_figures(void **state)
{
	const struct figure figures[] = {
		{ "one", "times", true, 21.25, (char *)"a, 2 runs" },
		{ "low", "%", true, -0.5, (char *)"b" },
		{ "not", "MiB", false, 0, (char *)"\"q\"\n" },
	};
	_cleanup_buf_ struct buf lines = BUF_INIT, json = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(figures); i++)
		figure_add_line(&figures[i], &lines);
	assert_string_equal(buf_str(&lines), "one: 21.2 times (a, 2 runs)\nlow: -0.50 % (b)\n"
					     "not: not measured (\"q\"\n)\n");
	figures_add_json(figures, ARRAY_SIZE(figures), " \"load\": 1", &json);
	assert_string_equal(
		buf_str(&json),
		"{\n \"load\": 1,\n \"figures\": [\n"
		"  {\"name\": \"one\", \"value\": 21.250, \"unit\": \"times\", \"text\": \"a, 2 runs\"},\n"
		"  {\"name\": \"low\", \"value\": -0.500, \"unit\": \"%\", \"text\": \"b\"},\n"
		"  {\"name\": \"not\", \"value\": null, \"unit\": \"MiB\", \"text\": "
		"\"\\\"q\\\"\\u000a\"}\n ]\n}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_median),
		cmocka_unit_test(test_smaps),
		cmocka_unit_test(test_figures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
