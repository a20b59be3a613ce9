// SPDX-License-Identifier: GPL-2.0-only
/* Texts, times and XML of untrusted bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "reports/text/plain.h"
#include "reports/text/when.h"
#include "reports/text/xml.h"

static const char hundred[] =
	"0123456789012345678901234567890123456789012345678901234567890123456789"
	"012345678901234567890123456789";

static void test_add(void **state)
{
	static const struct {
		const char *s;
		size_t max;
		const char *want;
	} rows[] = {
		{ "a\tb\nc", 5, "a\tb\nc" },
		{ NULL, 5, "" },
		{ "\x1b[2J\xff\r\n\x7f", 40, "\\x1b[2J\\xff\\x0d\n\\x7f" },
		{ "abcdef", 5, "ab..." },
		{ "\x01", 4, "\\x01" },
		{ "\x01", 3, "..." },
		{ "abc", 2, "" },
		{ "abc", 0, "" },
		/* the end stays, too */
		{ hundred, 84, "0123456789\n[... 80 bytes left out ...]\n0123456789" },
		{ hundred, 99,
		  "01234567890123456\n[... 66 bytes left out ...]\n34567890123456789" },
		{ hundred, 100, hundred },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_buf_ struct buf b = BUF_INIT;

		plain_add(&b, rows[i].s, rows[i].max);
		assert_string_equal(buf_str(&b), rows[i].want);
		assert_true(b.len <= rows[i].max);
	}
}

/* Whatever the bytes, the bound holds. */
static void test_bound(void **state)
{
	char s[600] = "";

	(void)state;
	for (size_t i = 0; i + 1 < sizeof(s); i++)
		s[i] = i % 3 ? 'x' : '\x80';
	for (size_t max = 0; max < 1500; max++) {
		_cleanup_buf_ struct buf b = BUF_INIT, line = BUF_INIT;

		plain_add(&b, s, max);
		plain_add_line(&line, s, max);
		assert_true(b.len <= max);
		assert_true(line.len <= max);
	}
}

static void test_line(void **state)
{
	_cleanup_buf_ struct buf b = BUF_INIT;

	(void)state;
	plain_add_line(&b, "a\nb\tc\rd", 7);
	assert_string_equal(buf_str(&b), "a b ...");
}

static void test_fold(void **state)
{
	static const struct {
		const char *s;
		size_t width;
		const char *want;
	} rows[] = {
		{ "", 20, "" },
		{ "a\n\nb\n", 20, "1: a\n2:\n2: b\n" },
		{ "one two three", 11, "1: one two\n2: three\n" },
		{ "abcdefghijkl", 11, "1: abcdefgh\n2: ijkl\n" },
		{ "a bcdefghijkl", 11, "1: a bcdefg\n2: hijkl\n" },
		{ "a\tb   ", 11, "1: a b\n" },
		{ "abc", 1, "1: a\n2: b\n2: c\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_buf_ struct buf b = BUF_INIT;

		plain_fold(&b, "1: ", "2: ", rows[i].s, rows[i].width);
		assert_string_equal(buf_str(&b), rows[i].want);
	}
}

static void test_word(void **state)
{
	static const struct {
		const char *s;
		const char *want;
	} rows[] = {
		{ "deb:6.12", "deb:6.12" },
		{ "xfs/a", "xfs/a" },
		{ "", "''" },
		{ "a b", "'a b'" },
		{ "~", "'~'" },
		{ "$(reboot)", "'$(reboot)'" },
		{ "a';reboot;'", "'a'\\'';reboot;'\\'''" },
		{ "\xe9\n\x1b", "'\\xe9?\\x1b'" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_buf_ struct buf b = BUF_INIT;

		plain_add_word(&b, rows[i].s);
		assert_string_equal(buf_str(&b), rows[i].want);
	}
}

static void test_path(void **state)
{
	static const struct {
		const char *name, *want;
	} rows[] = {
		{ "xfs/4k/rdma-odp/a_b", "xfs.4k.rdma-odp.a_b" },
		{ "a.b#1", "a_b_1" },
		{ "", "_" },
		{ "//\xe9", "_._._" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_buf_ struct buf b = BUF_INIT;

		plain_add_path(&b, rows[i].name);
		assert_string_equal(buf_str(&b), rows[i].want);
	}
}

static void test_when(void **state)
{
	static const struct {
		const char *s, *want; /* NULL: refused */
	} rows[] = {
		{ "2026-11-20T10:53:01+01:00", "2026-11-20T09:53:01.250+00:00" },
		{ "2026-11-30T09:36:34+0000", "2026-11-30T09:36:34.250+00:00" },
		{ "2026-11-30T23:36:34-0130", "2026-12-01T01:06:34.250+00:00" },
		{ "2024-02-29T00:00:00Z", "2024-02-29T00:00:00.250+00:00" },
		{ "2026-02-29T00:00:00Z", NULL },
		{ "2026-02-01T24:00:00Z", NULL },
		{ "2026-02-01T00:00:00", NULL },
		{ "2026-02-01T00:00:00+0", NULL },
		{ "2026-02-01T00:00:00+1:00", NULL },
		{ "2026-02-01T00:00:00+00:00x", NULL },
		{ "2026-02-01T00:00:00+0060", NULL },
		{ "2026-02-01 00:00:00Z", NULL },
		{ "1969-12-31T23:59:59Z", NULL },
		{ "now", NULL },
		{ "", NULL },
	};
	char text[WHEN_MAX];
	time_t t;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (when_parse(rows[i].s, &t) != (rows[i].want != NULL))
			fail_msg("%s was %s", rows[i].s, rows[i].want ? "refused" : "taken");
		if (!rows[i].want)
			continue;
		when_format(t, 250000000, text);
		assert_string_equal(text, rows[i].want);
	}
	when_format(0, UINT64_MAX, text);
	assert_int_equal(strlen(text), 29);
}

static void test_xml(void **state)
{
	struct xml *x = xml_create();
	_cleanup_free_ char *text = NULL;
	size_t len;

	(void)state;
	xml_open(x, "a");
	xml_attr(x, "b", "\"<&>'\n\x01");
	xml_attrf(x, "c", "%d", 7);
	xml_open(x, "d");
	xml_text(x, "]]><![CDATA[ & \xff\n");
	xml_close(x);
	assert_true(xml_len(x) > 50);
	text = xml_finish(x, &len);
	assert_int_equal(strlen(text), len);
	assert_string_equal(text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
				  "<a b=\"&quot;&lt;&amp;&gt;'&#10;\\x01\" c=\"7\">\n"
				  " <d>]]&gt;&lt;![CDATA[ &amp; \\xff\n</d>\n"
				  "</a>\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add),  cmocka_unit_test(test_bound),
		cmocka_unit_test(test_line), cmocka_unit_test(test_fold),
		cmocka_unit_test(test_word), cmocka_unit_test(test_path),
		cmocka_unit_test(test_when), cmocka_unit_test(test_xml),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
