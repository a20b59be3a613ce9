/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guests/geometry.h"

static void test_defaults(void **state)
{
	struct geometry g;

	(void)state;
	geometry_init(&g);
	assert_int_equal(g.memory, 1ull << 30);
	assert_int_equal(g.vcpus, 2);
	assert_int_equal(g.nvdimms, 2);
	assert_int_equal(geometry_nvdimm_total(&g), 1280ull << 20);
	assert_null(geometry_parse(&g, "vcpus=2"));
}

static void test_good(void **state)
{
	static const struct {
		const char *text;
		unsigned int nvdimms;
		uint64_t total, align, memory;
	} cases[] = {
		{ "count=2,size=1G,align=2M", 2, 2ull << 30, 2 << 20, 1 << 30 },
		{ "count=1", 1, 1 << 30, 2 << 20, 1 << 30 },
		{ "size1=64M", 2, 1088ull << 20, 2 << 20, 1 << 30 },
		{ "size=128M,size0=640M", 2, 768ull << 20, 2 << 20, 1 << 30 },
		{ "memory=2G,label=128K", 2, 1280ull << 20, 2 << 20, 2ull << 30 },
		{ "align=4096,count=8,size=16M", 8, 128 << 20, 4096, 1 << 30 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct geometry g;
		_cleanup_err_ struct err *err = NULL;

		geometry_init(&g);
		err = geometry_parse(&g, cases[i].text);
		if (err)
			fail_msg("%s: %s", cases[i].text, err->message);
		assert_int_equal(g.nvdimms, cases[i].nvdimms);
		assert_int_equal(geometry_nvdimm_total(&g), cases[i].total);
		assert_int_equal(g.align, cases[i].align);
		assert_int_equal(g.memory, cases[i].memory);
	}
}

static void test_bad(void **state)
{
	static const char *const cases[] = {
		"",
		"count",
		"count=",
		"count=0",
		"count=9",
		"count=-1",
		"count=1M",
		"count=1,",
		"size=1X",
		"size=",
		"size=1",
		"size=15M",
		"size=1025G",
		"size=17M",
		"size8=1G",
		"size10=1G",
		"align=3M",
		"align=0",
		"align=2G",
		"align=1K",
		"align=1G,size=512M",
		"vcpus=0",
		"vcpus=65",
		"memory=128M",
		"memory=1025G",
		"memory=9223372036854775807",
		"label=4K",
		"label=129K",
		"label=16M,size=16M",
		"colour=red",
		"size=1G size=2G",
		"count=2,,size=1G",
		"\xff\n=1",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct geometry g;
		_cleanup_err_ struct err *err = NULL;

		geometry_init(&g);
		err = geometry_parse(&g, cases[i]);
		if (!err)
			fail_msg("'%s' was accepted", cases[i]);
		assert_int_equal(err->code, ERR_USAGE);
		assert_null(strchr(err->message, '\n'));
	}
}

static void test_file(void **state)
{
	char folder[] = "/tmp/daxrig-test-XXXXXX";
	_cleanup_free_ char *path = NULL;
	struct err *err;
	struct stat st;

	(void)state;
	assert_non_null(mkdtemp(folder));
	path = xasprintf("%s/nvdimm0", folder);
	assert_null(nvdimm_create(path, 64 << 20));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 64 << 20);
	assert_true(st.st_blocks < 64);
	err = nvdimm_create(path, 64 << 20); /* it exists already */
	assert_non_null(err);
	err_free(err);
	unlink(path);
	err = nvdimm_create(path, 1ull << 60);
	assert_non_null(err);
	err_free(err);
	assert_int_not_equal(access(path, F_OK), 0);
	assert_string_equal(nvdimm_folder(1ull << 60, "/dev/shm", folder), folder);
	assert_string_equal(nvdimm_folder(1, NULL, folder), folder);
	rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
