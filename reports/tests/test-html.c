// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>
#include <libxml/parser.h>

#include "reports/site/html.h"

static void test_text(void **state)
{
	static const struct {
		const char *in;
		size_t max;
		const char *out;
	} cases[] = {
		{ NULL, 9, "" },
		{ "", 9, "" },
		{ "plain 7", 9, "plain 7" },
		{ "<a href=\"x\">'&'</a>", 99,
		  "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;" },
		{ "&amp;", 9, "&amp;amp;" },
		{ "a\nb\tc", 9, "a\\nb\\tc" },
		{ "\x01\x1b[2J\x7f", 9, "\\x01\\x1b[2J\\x7f" },
		/* UTF-8 stays; what is none, or too long, or half a pair, does not */
		{ "M\xc3\xbcller \xe2\x82\xac \xf0\x9f\x90\xa7", 20,
		  "M\xc3\xbcller \xe2\x82\xac \xf0\x9f\x90\xa7" },
		{ "\xff\xfe", 9, "\\xff\\xfe" },
		{ "\xc3", 9, "\\xc3" },
		{ "\xc3<", 9, "\\xc3&lt;" },
		{ "\xe2\x82", 9, "\\xe2\\x82" },
		{ "\xc0\xbc", 9, "\\xc0\\xbc" },
		{ "\xe0\x80\xbc", 9, "\\xe0\\x80\\xbc" },
		{ "\xed\xa0\x80", 9, "\\xed\\xa0\\x80" },
		{ "\xf4\x90\x80\x80", 9, "\\xf4\\x90\\x80\\x80" },
		{ "\xf8\x88\x80\x80\x80", 9, "\\xf8\\x88\\x80\\x80\\x80" },
		/* what nobody sees, or what turns the text round */
		{ "a\xe2\x80\xae"
		  "b",
		  9, "a\\u{202e}b" },
		{ "\xe2\x80\x8b\xef\xbb\xbf\xc2\x85", 9, "\\u{200b}\\u{feff}\\u{85}" },
		{ "\xef\xbf\xbe\xf3\xa0\x81\x81", 9, "\\u{fffe}\\u{e0041}" },
		/* cut */
		{ "abcdef", 6, "abcdef" },
		{ "abcdef", 5, "abcde..." },
		{ "ab<", 2, "ab..." },
		{ "a\xe2\x82\xac", 2, "a\xe2\x82\xac" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_buf_ struct buf b = BUF_INIT;

		html_text(&b, cases[i].in, cases[i].max);
		assert_string_equal(buf_str(&b), cases[i].out);
	}
}

static void test_lines(void **state)
{
	_cleanup_buf_ struct buf b = BUF_INIT;

	(void)state;
	html_lines(&b, "a\n\tb\r<", 99);
	assert_string_equal(buf_str(&b), "a\n\tb\\x0d&lt;");
}

static void test_paths(void **state)
{
	static const struct {
		const char *path;
		bool below;
		const char *url;
	} cases[] = {
		{ "cases/007-x/console.log", true, "cases/007-x/console.log" },
		{ "...", true, "..." },
		{ "..a/b..", true, "..a/b.." },
		{ "", false, "" },
		{ "/etc/passwd", false, "/etc/passwd" },
		{ "..", false, ".." },
		{ "a/../b", false, "a/../b" },
		{ "./a", false, "./a" },
		{ "a//b", false, "a//b" },
		{ "a/", false, "a/" },
		{ "javascript:alert(1)", true, "javascript%3Aalert%281%29" },
		{ "a?b#c%d\"e", true, "a%3Fb%23c%25d%22e" },
		{ "\xc3\xbc\x01", true, "%C3%BC%01" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_buf_ struct buf b = BUF_INIT;

		if (html_path_is_below(cases[i].path) != cases[i].below)
			fail_msg("'%s' is%s below its folder", cases[i].path,
				 cases[i].below ? " not" : "");
		html_path(&b, cases[i].path);
		assert_string_equal(buf_str(&b), cases[i].url);
	}
}

static void test_prose(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ NULL, "" },
		{ "\n\n", "" },
		{ "One\ntwo.\n\nThree <b>.\n", "<p>One\ntwo.</p>\n<p>Three &lt;b&gt;.</p>\n" },
		{ "Say `a < b`, **now**, 2 * 3 `.",
		  "<p>Say <code>a &lt; b</code>, <strong>now</strong>, 2 * 3 `.</p>\n" },
		{ "- one\n  more\n- two\n\nEnd", "<ul><li>one\nmore</li>\n<li>two</li></ul>\n"
						 "<p>End</p>\n" },
		{ "    code <\n      more\nText", "<pre>code &lt;\n  more\n</pre>\n<p>Text</p>\n" },
		{ "```\n# x\n\n- y\n```\nText", "<pre># x\n\n- y\n</pre>\n<p>Text</p>\n" },
		{ "```\nopen", "<pre>open\n</pre>\n" },
		{ "## Why\nText\n#no", "<h3>Why</h3>\n<p>Text\n#no</p>\n" },
		{ "**", "<p>**</p>\n" },
		{ "See [a-b](#a-b), [x] and [y](z), [y](z",
		  "<p>See <code>a-b</code>, [x] and <code>y</code>, [y](z</p>\n" },
		{ "[](javascript:x)", "<p><code></code></p>\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_buf_ struct buf b = BUF_INIT;

		html_prose(&b, cases[i].in);
		assert_string_equal(buf_str(&b), cases[i].out);
	}
}

/* A whole page is XML, with its rules inline and without. */
static void test_page(void **state)
{
	static const char *const styles[] = { NULL, "../site.css" };
	static const char *const heads[] = { "A", "B", NULL };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(styles); i++) {
		_cleanup_buf_ struct buf b = BUF_INIT;
		xmlDoc *doc;

		html_begin(&b, "</title>&\x02", styles[i]);
		html_table(&b, "Things", heads);
		html_table_end(&b);
		buf_adds(&b, "</body></html>\n");
		doc = xmlReadMemory(b.data, (int)b.len, "page", NULL, XML_PARSE_NONET);
		assert_non_null(doc);
		xmlFreeDoc(doc);
		/* pages.c looks for it in as many bytes */
		assert_true(strstr(b.data, HTML_MARK) - b.data < 512 - (long)strlen(HTML_MARK));
	}
	xmlCleanupParser();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),  cmocka_unit_test(test_lines),
		cmocka_unit_test(test_paths), cmocka_unit_test(test_prose),
		cmocka_unit_test(test_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
