/* SPDX-License-Identifier: GPL-2.0-only */
/* The list of the kernel's own selftests, and what targets mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/files.h"
#include "plan/kselftest.h"

static const char list_text[] = "# a comment\n"
				"mm/cow time=600\n"
				"mm/new\n"
				"  mm/uffd-stress fs=ext4 time=9 = anon 20 3 # words\n"
				"\n"
				"mm/thuge-gen - needs hugetlbfs\n"
				"filesystems/statmount/statmount_test\n"
				"rdma/only-script - a script";

static void test_parse(void **state)
{
	struct kselftest_list l;

	(void)state;
	assert_null(kselftest_list_parse("l", list_text, strlen(list_text), &l));
	assert_int_equal(l.n, 6);
	assert_string_equal(l.v[0].name, "mm/cow");
	assert_string_equal(l.v[0].keys, "time=600 ");
	assert_string_equal(l.v[0].words, "");
	assert_null(l.v[0].reason);
	assert_string_equal(l.v[2].keys, "fs=ext4 time=9 ");
	assert_string_equal(l.v[2].words, " anon 20 3");
	assert_string_equal(l.v[3].reason, "needs hugetlbfs");
	assert_string_equal(l.v[3].keys, "");
	kselftest_list_deinit(&l);
}

static void test_bad_lines(void **state)
{
	static const struct {
		const char *line, *says;
	} rows[] = {
		{ "cow", "'l' line 2: 'cow' is not a selftest: expected FOLDER/PROGRAM" },
		{ "/mm/cow", "'/mm/cow' is not a selftest" },
		{ "mm/../cow", "'mm/../cow' is not a selftest" },
		{ "mm//cow", "is not a selftest" },
		{ "mm/", "is not a selftest" },
		{ "mm/c;w", "is not a selftest" },
		{ "-mm/cow", "is not a selftest" },
		{ "mm/a", "'mm/a' is given twice" },
		{ "mm/\001", "'l' line 2: a byte that is not printable ASCII" },
		{ "mm/cow # \xc3\xa4", "line 2: a byte that is not printable" },
		{ "mm/cow -", "lacks the reason" },
		{ "mm/cow - ", "lacks the reason" },
		{ "mm/cow hugetlb",
		  "expected KEY=VALUE, '=' and words, or '-' and a reason, found" },
		{ "mm/cow tiem=5", "did you mean 'time'?" },
		{ "mm/cow time=x", "'x' is no time" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *text = xasprintf("mm/a\n%s\n", rows[i].line);
		struct kselftest_list l;
		struct err *err = kselftest_list_parse("l", text, strlen(text), &l);

		if (!err || err->code != ERR_USAGE || !strstr(err->message, rows[i].says))
			fail_msg("'%s': %s", rows[i].line, err ? err->message : "no error");
		err_free(err);
	}
}

/* The list that daxrig brings. */
static void test_own_list(void **state)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct kselftest_list l;

	(void)state;
	assert_null(file_read("rig/plans/kselftest.list", 1 << 20, &text));
	assert_null(kselftest_list_parse("l", buf_str(&text), text.len, &l));
	assert_true(l.n > 20);
	kselftest_list_deinit(&l);
}

/* A source of an old kernel. */
static bool has(void *arg, const char *name)
{
	(void)arg;
	return !strcmp(name, "mm/cow") || !strcmp(name, "mm/uffd-stress") ||
	       !strcmp(name, "mm/thuge-gen") || !strcmp(name, "net/tls") ||
	       !strcmp(name, "filesystems/statmount/statmount_test");
}

static void note(void *arg, const char *text)
{
	buf_addf(arg, "%s|", text);
}

static void test_choice(void **state)
{
	static const struct {
		const char *targets[3];
		const char *chosen; /* "NAME KEYS=WORDS|" each, or the error */
		const char *notes;
	} rows[] = {
		{ { NULL },
		  "mm/cow time=600 =|mm/uffd-stress fs=ext4 time=9 = anon 20 3|"
		  "filesystems/statmount/statmount_test =|",
		  "source 6.1 has no mm/new|" },
		{ { "filesystems" }, "filesystems/statmount/statmount_test =|", "" },
		{ { "filesystems/statmount" }, "filesystems/statmount/statmount_test =|", "" },
		{ { "mm/cow", "mm" },
		  "mm/cow time=600 =|mm/uffd-stress fs=ext4 time=9 = anon 20 3|",
		  "source 6.1 has no mm/new|" },
		{ { "mm/thuge-gen" }, "mm/thuge-gen =|", "" },	/* left out, but asked for */
		{ { "net/tls", "net/tls" }, "net/tls =|", "" }, /* not in the list */
		{ { "mm/cwo" }, "no selftest 'mm/cwo'; did you mean 'mm/cow'?", "" },
		{ { "m" }, "no selftest 'm'; source 6.1 has none of that name", "" },
		{ { "mm/new" }, "source 6.1 has no selftest 'mm/new'", "" },
		{ { "mm/ne" }, "no selftest 'mm/ne'; source 6.1 has none of that name", "" },
		{ { "rdma" },
		  "none of the selftests of 'rdma' in the list runs: see 'daxrig list kselftests'",
		  "" },
		{ { "../x" },
		  "'../x' is not a selftest: expected a folder, as in mm, or a "
		  "program, as in mm/cow",
		  "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_buf_ struct buf got = BUF_INIT, notes = BUF_INIT;
		const struct progress say = { note, &notes };
		struct kselftest_list l, chosen = { 0 };
		int n = 0;
		struct err *err;

		while (rows[i].targets[n])
			n++;
		assert_null(kselftest_list_parse("l", list_text, strlen(list_text), &l));
		err = kselftest_choose(&l, (char *const *)(uintptr_t)rows[i].targets, n,
				       &(struct kselftest_source){ "source 6.1", has, NULL }, &say,
				       &chosen);
		for (size_t j = 0; j < chosen.n; j++)
			buf_addf(&got, "%s %s=%s|", chosen.v[j].name, chosen.v[j].keys,
				 chosen.v[j].words);
		if (err)
			buf_adds(&got, err->message);
		assert_string_equal(buf_str(&got), rows[i].chosen);
		assert_string_equal(buf_str(&notes), rows[i].notes);
		assert_true(!err || err->code == ERR_USAGE);
		err_free(err);
		kselftest_list_deinit(&chosen);
		kselftest_list_deinit(&l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_bad_lines),
		cmocka_unit_test(test_own_list),
		cmocka_unit_test(test_choice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
