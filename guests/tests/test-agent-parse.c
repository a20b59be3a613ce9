/* SPDX-License-Identifier: GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/release.h"
#include "guests/agent/parse.h"

static const char kallsyms[] = "0000000000000000 A fixed_percpu_data\n"
			       "ffffffff81000000 T first\n"
			       "ffffffff81000000 T first_alias\n"
			       "ffffffff81000030 T first_longer\n"
			       "ffffffff81000100 t second\n"
			       "ffffffff81000100 t first\n"
			       "short\n"
			       "ffffffffc0000300 t tail\t[mod]\n"
			       "ffffffffc0000100 t wanted\t[mod]\n"
			       "ffffffffc0000180 t middle\t[mod]\n";

static const char *const names[] = { "first", "wanted", "tail", "absent", NULL };
static const char *const results[] = {
	"first ffffffff81000000 30",
	"wanted ffffffffc0000100 80",
	"tail ffffffffc0000300 0",
	NULL,
};

static void scans_kallsyms(void **state)
{
	(void)state;
	for (size_t piece = 1; piece <= sizeof(kallsyms); piece++) {
		struct ksym_scan s;
		char out[256];

		ksym_scan_init(&s, names);
		for (size_t at = 0; at < sizeof(kallsyms) - 1; at += piece)
			ksym_scan_feed(&s, kallsyms + at, MIN(piece, sizeof(kallsyms) - 1 - at));
		for (size_t i = 0; names[i]; i++) {
			bool hit = ksym_scan_result(&s, i, out, sizeof(out));

			assert_int_equal(hit, results[i] != NULL);
			if (hit)
				assert_string_equal(out, results[i]);
		}
		ksym_scan_deinit(&s);
	}
}

static void matches_gids(void **state)
{
	(void)state;
	assert_true(gid_is_ipv4("0000:0000:0000:0000:0000:ffff:c000:0201\n", 0xc0000201));
	assert_false(gid_is_ipv4("0000:0000:0000:0000:0000:ffff:c000:0202\n", 0xc0000201));
	assert_false(gid_is_ipv4("fe80:0000:0000:0000:0000:ffff:c000:0201\n", 0xc0000201));
	assert_false(gid_is_ipv4("0000:0000:0000:0000:0000:0000:0000:0000\n", 0));
	assert_false(gid_is_ipv4("0000:0000:0000:0000:0000:ffff:c000", 0xc0000201));
	assert_false(gid_is_ipv4("", 0));
	assert_true(gid_type_is_v2("RoCE v2\n"));
	assert_false(gid_type_is_v2("IB/RoCE v1\n"));
	assert_false(gid_type_is_v2(""));
}

static void reads_order(void **state)
{
	const char *pos = "/modules/000-a.ko\n\n  /modules/001-b.ko \r\n# later\n"
			  "/modules/this-one-is-too-long-for-the-buffer.ko\n/modules/002-c.ko";
	char path[32];

	(void)state;
	assert_true(order_next(&pos, path, sizeof(path)));
	assert_string_equal(path, "/modules/000-a.ko");
	assert_true(order_next(&pos, path, sizeof(path)));
	assert_string_equal(path, "/modules/001-b.ko");
	assert_true(order_next(&pos, path, sizeof(path)));
	assert_string_equal(path, "/modules/002-c.ko");
	assert_false(order_next(&pos, path, sizeof(path)));
	pos = "";
	assert_false(order_next(&pos, path, sizeof(path)));
}

static void reads_release(void **state)
{
	unsigned int major, minor;

	(void)state;
	assert_true(release_parse("6.1.0-56-amd64", &major, &minor));
	assert_int_equal(major, 6);
	assert_int_equal(minor, 1);
	assert_true(release_parse("7.2.13+deb14-amd64", &major, &minor));
	assert_int_equal(major, 7);
	assert_int_equal(minor, 2);
	assert_true(release_parse("6.18-rc1", &major, &minor));
	assert_int_equal(minor, 18);
	assert_false(release_parse("next", &major, &minor));
	assert_false(release_parse("", &major, &minor));
	assert_true(release_since(6, 3, 6, 3));
	assert_true(release_since(6, 12, 6, 3));
	assert_true(release_since(7, 0, 6, 3));
	assert_false(release_since(6, 2, 6, 3));
	assert_false(release_since(5, 19, 6, 3));
}

static void reads_mounts(void **state)
{
	const char *pos = "proc /proc proc rw 0 0\nbroken\n"
			  "/dev/pmem0 /mnt/a\\040b\\134c xfs rw,dax=always 0 0\nnone /mnt";
	char dir[64];

	(void)state;
	assert_true(mounts_next(&pos, dir, sizeof(dir)));
	assert_string_equal(dir, "/proc");
	assert_true(mounts_next(&pos, dir, sizeof(dir)));
	assert_string_equal(dir, "/mnt/a b\\c");
	assert_true(mounts_next(&pos, dir, sizeof(dir)));
	assert_string_equal(dir, "/mnt");
	assert_false(mounts_next(&pos, dir, sizeof(dir)));
}

static void reads_cmdline(void **state)
{
	static const struct {
		const char *cmdline, *fs;
	} rows[] = {
		{ "console=ttyS0 daxrig.fs=xfs panic=0\n", "xfs" },
		{ "daxrig.fs=ext4\n", "ext4" },
		{ "console=ttyS0 panic=0 daxrig.fs=ext4", "ext4" },
		{ "console=ttyS0\n", NULL },
		{ "", NULL },
		{ "daxrig.fs= panic=0", NULL },
		{ "daxrig.fs=ext4x", NULL },
		{ "daxrig.fs=a-name-longer-than-any", NULL },
		{ "not.daxrig.fs=xfs", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct filesystem *fs = cmdline_fs(rows[i].cmdline);

		assert_string_equal(fs ? fs->name : "none", rows[i].fs ? rows[i].fs : "none");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scans_kallsyms), cmocka_unit_test(matches_gids),
		cmocka_unit_test(reads_order),	  cmocka_unit_test(reads_release),
		cmocka_unit_test(reads_mounts),	  cmocka_unit_test(reads_cmdline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
