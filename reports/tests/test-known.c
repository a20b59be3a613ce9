// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/files.h"
#include "reports/record/known.h"

static const char list[] =
	"# a comment\n"
	"\n"
	"spins   6.1,7.2  contract.sleeps,contract.killable  xfs/*/higher?(/@(kill|stop)-waiter)  state R in *\n"
	"  stuck 7.2      contract.ends   *  't' still runs*dax_break_layout*  \r\n"
	"spins\t7.2\tsplat\tone*\tWARNING in f[0-9]";

static struct known parsed(const char *text)
{
	struct known k;

	assert_null(known_parse("list", text, strlen(text), &k));
	return k;
}

static char *text_of(const char *s)
{
	return (char *)(uintptr_t)s;
}

#define HIGHER "xfs/4k/rdma/mapped/clone/higher"

static void test_rows(void **state)
{
	static const struct {
		const char *release, *name, *rule, *found, *detail;
		size_t row;
	} rows[] = {
		{ "7.2.13+deb14-amd64", HIGHER, "contract.sleeps", "state R in 0", "", 0 },
		{ "7.2", HIGHER, "contract.killable", "state R in 0", "", 0 },
		{ "6.1.0-56-amd64", HIGHER "/kill-waiter", "contract.sleeps", "state R in 0", "",
		  0 },
		{ "7.2", HIGHER "/signal-waiter", "contract.sleeps", "state R in 0", "", 3 },
		{ "7.2", HIGHER "#12", "contract.sleeps", "state R in 0", "", 0 },
		{ "7.2", "xfs/4k/rdma/mapped/clone", "contract.sleeps", "state R in 0", "", 3 },
		{ "7.2", HIGHER, "contract.sleeps", "state D in 0", "", 3 },
		{ "7.2", HIGHER, "contract.waits", "state R in 0", "", 3 },
		{ "7.20", HIGHER, "contract.sleeps", "state R in 0", "", 3 },
		{ "6.12.1", HIGHER, "contract.sleeps", "state R in 0", "", 3 },
		{ "7", HIGHER, "contract.sleeps", "state R in 0", "", 3 },
		{ "", HIGHER, "contract.sleeps", "state R in 0", "", 3 },
		{ "7.2", "x", "contract.ends", "'t' still runs after 2 ms",
		  "state S\n[<0>] dax_break_layout+0x1\nand more", 1 },
		{ "7.2", "x", "contract.ends", "'t' still runs after 2 ms", "state S\n", 3 },
		{ "6.1", "x", "contract.ends", "'t' still runs", "dax_break_layout", 3 },
		/* the first row of a name counts */
		{ "7.2", "one/two", "splat", "WARNING in f1", "", 0 },
		{ "7.2", "one", "splat", "WARNING in f12", "", 3 },
		{ "7.2", "one", "splat", "WARNING in f1", "more", 3 },
	};
	struct known k = parsed(list);

	(void)state;
	assert_int_equal(k.n, 3);
	assert_string_equal(k.v[1].found, "'t' still runs*dax_break_layout*");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct finding f = { .rule = text_of(rows[i].rule),
				     .found = text_of(rows[i].found),
				     .detail = text_of(rows[i].detail) };
		struct case_record c = { .name = text_of(rows[i].name),
					 .findings = &f,
					 .finding_count = 1 };
		size_t unknown = 99;

		assert_int_equal(known_of(&k, rows[i].release, &c, &unknown), rows[i].row);
		assert_int_equal(unknown, rows[i].row == 3 ? 0 : 1);
	}
	known_deinit(&k);
}

/* One finding that no row matches makes the case unknown. */
static void test_each_finding(void **state)
{
	char splat[] = "splat", ends[] = "contract.ends", one[] = "WARNING in f1",
	     still[] = "'t' still runs in dax_break_layout", other[] = "WARNING in g";
	struct finding f[] = {
		{ .rule = ends, .found = still },
		{ .rule = splat, .found = one },
		{ .rule = splat, .found = other },
	};
	struct case_record c = { .name = text_of("one"), .findings = f };
	struct known k = parsed(
		"a 7.2 contract.ends * *\nb * splat * x\nb 7 splat,liveness.hang * *f?*\n");
	size_t unknown = 99;

	(void)state;
	assert_int_equal(known_of(&k, "7.2", &c, &unknown), 3);
	assert_int_equal(unknown, 0);
	c.finding_count = 2;
	assert_int_equal(known_of(&k, "7.2.1", &c, &unknown), 0);
	c.findings = f + 1;
	c.finding_count = 1;
	assert_int_equal(known_of(&k, "7", &c, &unknown), 1);
	c.findings = f;
	c.finding_count = 3;
	assert_int_equal(known_of(&k, "7.2", &c, &unknown), 3);
	assert_int_equal(unknown, 2);
	known_deinit(&k);
	k = parsed("# nothing\n");
	assert_int_equal(known_of(&k, "7.2", &c, &unknown), 0);
	assert_int_equal(unknown, 0);
	known_deinit(&k);
}

static void test_refused(void **state)
{
	static const struct {
		const char *text, *said;
	} rows[] = {
		{ "a", "'list' line 1: expected" },
		{ "# a\na b c d\n", "'list' line 2: expected" },
		{ "a b * d e\na b splat,[ d e\n",
		  "'list' line 2: bad glob '[', column 1: the bracket" },
		{ "a b * d,e@(f e\n", "'list' line 1: bad glob 'e@(f', column 2: the choice" },
		{ "a b * d e(\\", "'list' line 1: bad glob 'e(\\\\', column 3: nothing" },
		{ "a b * d e\na b c d   \n", "'list' line 2: expected" },
		{ "a b splat,content.fiel d e\n",
		  "'list' line 1: no rule 'content.fiel'; did you mean 'content.file'?" },
		{ "a b contents.* d e\n", "'list' line 1: no rule 'contents.*'" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct known k;
		struct err *err = known_parse("list", rows[i].text, strlen(rows[i].text), &k);

		assert_non_null(err);
		assert_int_equal(err->code, ERR_USAGE);
		assert_non_null(strstr(err->message, rows[i].said));
		assert_int_equal(k.n, 0);
		err_free(err);
	}
}

/* In the project's own list, each row has the name of a scenario that shows it. */
static void test_own_list(void **state)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct known k;

	(void)state;
	assert_null(file_read("reports/known.txt", 1 << 20, &text));
	assert_null(known_parse("reports/known.txt", buf_str(&text), text.len, &k));
	assert_true(k.n > 10);
	for (size_t i = 0; i < k.n; i++) {
		_cleanup_free_ char *path = xasprintf("workloads/scenarios/%s.scn", k.v[i].name);

		if (access(path, R_OK))
			fail_msg("no scenario '%s'", k.v[i].name);
	}
	known_deinit(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_each_finding),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_own_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
