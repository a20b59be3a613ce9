// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include <fnmatch.h>

#include "base/glob.h"

static void test_as_fnmatch(void **state)
{
	static const char *const globs[] = {
		"",
		"*",
		"?",
		"a",
		"a*",
		"*a",
		"**",
		"*a*b",
		"a?b",
		"[ab]",
		"[!a]*",
		"[]a]",
		"[^]a]b",
		"[a-b]*",
		"[[:alpha:]]b",
		"[[:alpha:]ab]",
		"\\*",
		"\\a\\b",
		"[\\]]",
		"@(a)",
		"@(a|b)",
		"@(|a)b",
		"@()",
		"?(a)b",
		"*(a)b",
		"*(a|ab)b",
		"+(a)",
		"+(ab|a)",
		"+(a*)b",
		"!(a)",
		"!(a|b)*",
		"!(*a)b",
		"!()",
		"a!(b)",
		"@(a|+(b))",
		"*(a|?(b))",
		"!(a|!(b))",
		"@([)]|a)",
		"a|b",
		"(a)",
		"a)",
		"+",
		"@a",
		"*()",
		"+(*)",
		"a+(/b|)",
	};
	static const char *const names[] = {
		"",
		"a",
		"b",
		"ab",
		"ba",
		"aa",
		"aab",
		"aaab",
		"abab",
		"abb",
		"]",
		"]b",
		"*",
		")",
		"|",
		"a|b",
		"(a)",
		"a)",
		"+",
		"@a",
		"a/b",
		"a/b/b",
		".a",
		"\xff",
		("a\xff"
		 "b"),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(globs); i++)
		for (size_t k = 0; k < ARRAY_SIZE(names); k++) {
			bool want = fnmatch(globs[i], names[k], FNM_EXTMATCH) == 0;

			if (glob_match(globs[i], names[k]) != want)
				fail_msg("'%s' and '%s': %d was expected", globs[i], names[k],
					 want);
		}
}

static void test_faults(void **state)
{
	static const struct {
		const char *glob, *fault;
	} rows[] = {
		{ "xfs/@(punch", "bad glob 'xfs/@(punch', column 5: the choice is not closed" },
		{ "@(a|@(b)", "column 1: the choice is not" },
		{ "@(a|*(b", "column 5: the choice is not" },
		{ "a[b", "column 2: the bracket is not closed" },
		{ "[]", "column 1: the bracket" },
		{ "[[:alpha:]", "column 1: the bracket" },
		{ "@([)", "column 3: the bracket" },
		{ "a\\", "bad glob 'a\\\\', column 2: nothing follows the backslash" },
		{ "\033[2J", "bad glob '\\x1b[2J', column 2: the bracket" },
		{ "+(+(+(a)))", "column 5: this choice is nested too deeply" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_err_ struct err *err = glob_check(rows[i].glob);

		if (!err || err->code != ERR_USAGE || !strstr(err->message, rows[i].fault))
			fail_msg("'%s': %s", rows[i].glob, err ? err->message : "it is good");
		assert_false(glob_match(rows[i].glob, rows[i].glob));
		assert_false(glob_match(rows[i].glob, ""));
	}
}

/* With fnmatch() each takes minutes, or for ever. */
static void test_time(void **state)
{
	static const char *const globs[] = {
		"+(+(a|aa)|+(a|aaa))b",
		"*(*(a)|*(aa))b",
		"*(*|a*|*a)b",
		"+(a|aa|aaa)b",
		"@(*)@(*)@(*)@(*)@(*)@(*)@(*)@(*)b",
		"!(b)!(b)!(b)!(b)!(b)!(b)!(b)b",
		"!(!(b)c)b",
		"*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b",
	};
	const uint64_t start = now_ns();
	char name[256];

	(void)state;
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(globs); i++)
		glob_match(globs[i], name);
	assert_in_range(now_ns() - start, 0, 10ull * 1000000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_fnmatch),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
