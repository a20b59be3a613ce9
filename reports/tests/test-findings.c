// SPDX-License-Identifier: GPL-2.0-only
/* The findings: their files, and that what is made of them is up to date. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/files.h"
#include "reports/record/finding.h"

#define HEAD                                                                                       \
	"# a comment\n"                                                                            \
	"title     A hole spins\n"                                                                 \
	"severity  3\n"                                                                            \
	"live      6.1,7.2\n"                                                                      \
	"fs        xfs ext4\n"                                                                     \
	"scenario  spins xfs/*/a|b\n"                                                              \
	"tries     7.2: 3 of 3\n"
#define ROW "row  6.1,7.2  contract.ends  */spins/*  'x' still runs *y\n"
#define PROSE "\n\nIt spins.\n\n\nrow after row \t\n"

static void test_parsed(void **state)
{
	static const char text[] = HEAD "fixed\t6.15 by 0123abc  \nafter one two\n" ROW
					"row 7.2 * * *\n" PROSE;
	struct known k = { 0 };
	const struct known_finding *f;

	(void)state;
	assert_null(finding_parse("p", "spins", text, strlen(text), &k));
	assert_int_equal(k.nr_findings, 1);
	assert_int_equal(k.n, 2);
	f = known_finding(&k, "spins");
	assert_ptr_equal(f, k.findings);
	assert_null(known_finding(&k, "spin"));
	assert_string_equal(f->title, "A hole spins");
	assert_int_equal(f->severity, SEVERITY_HANG);
	assert_string_equal(severity_word(f->severity), "hang");
	assert_string_equal(f->live, "6.1,7.2");
	assert_string_equal(f->fixed, "6.15 by 0123abc");
	assert_string_equal(f->fs, "xfs ext4");
	assert_string_equal(f->scenario, "spins xfs/*/a|b");
	assert_string_equal(f->tries, "7.2: 3 of 3");
	assert_string_equal(f->after, "one two");
	assert_string_equal(f->prose, "It spins.\n\nrow after row\n");
	assert_string_equal(k.v[0].name, "spins");
	assert_string_equal(k.v[0].kernels, "6.1,7.2");
	assert_string_equal(k.v[0].found, "'x' still runs *y");
	known_deinit(&k);
}

static void expect_err(struct err *err, const char *said)
{
	assert_non_null(err);
	assert_int_equal(err->code, ERR_USAGE);
	if (!strstr(err->message, said))
		fail_msg("'%s' does not say '%s'", err->message, said);
	err_free(err);
}

/* What a user without privilege can do is told to few at first. */
static void test_unprivileged(void **state)
{
	static const char text[] = HEAD
		"unprivileged by a program as user 1000: 3 of 3\n" ROW PROSE;
	static const struct {
		const char *name;
		bool shown;
	} cases[] = {
		{ "xfs/spins", true },	{ "ext4/spins/rdma", true },
		{ "xfs/spin", false },	{ "xfs/spinsx/a", false },
		{ "xfs/4k/a|b", true }, { "ext4/4k/a|b", false },
		{ "spins", false },	{ "", false },
		{ "xfs/", false },
	};
	_cleanup_free_ char *warning = NULL, *none = known_warning(NULL);
	_cleanup_buf_ struct buf page = BUF_INIT;
	struct known k = { 0 };

	(void)state;
	assert_string_equal(none, "");
	assert_null(finding_parse("p", "spins", text, strlen(text), &k));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (!known_shown_by(&k, cases[i].name) == cases[i].shown)
			fail_msg("'%s'", cases[i].name);
	warning = known_warning(&k.findings[0]);
	if (!strstr(warning, "To security@kernel.org first") ||
	    !strstr(warning, "(by a program as user 1000: 3 of 3)"))
		fail_msg("%s", warning);
	findings_markdown(&k, "", "", &page);
	if (!strstr(buf_str(&page), "\n- **To security@kernel.org first, and"))
		fail_msg("%s", buf_str(&page));
	known_deinit(&k);
	expect_err(finding_parse("p", "a", "unprivileged\n", 13, &k), "needs a value in ASCII");
	known_deinit(&k);
}

/* A NUL ends its line. */
static void test_nul(void **state)
{
	static const char text[] = HEAD "fixed 6.15 \0by\n" ROW "row 7.2 * * x \0y\n" PROSE;
	struct known k = { 0 };

	(void)state;
	assert_null(finding_parse("p", "a", text, sizeof(text) - 1, &k));
	assert_string_equal(k.findings[0].fixed, "6.15");
	assert_string_equal(k.v[1].found, "x");
	known_deinit(&k);
}

static void test_refused(void **state)
{
	static const struct {
		const char *name, *text, *said;
	} rows[] = {
		{ "a", "", "'p': the finding has no title" },
		{ "a", HEAD PROSE, "'p': the finding has no row" },
		{ "a", HEAD ROW, "'p': the finding has no prose" },
		{ "a", HEAD ROW "\n \n", "'p': the finding has no prose" },
		{ "a", "title t\n" ROW PROSE, "'p': the finding has no severity" },
		{ "a", "title t\nseverity 1\nlive 6\nfs x\nscenario s\n" ROW PROSE, "no tries" },
		{ "a", HEAD "title again\n" ROW PROSE, "'p' line 8: 'title' is given twice" },
		{ "a", HEAD "severity 3\n" ROW PROSE, "line 8: 'severity' is given twice" },
		{ "a", HEAD "fs xfs\n" ROW PROSE, "line 8: 'fs' is given twice" },
		{ "a", "severity 0\n", "line 1: expected a severity, 1 to 4" },
		{ "a", "severity 5\n", "line 1: expected a severity, 1 to 4" },
		{ "a", "severity 12\n", "line 1: expected a severity, 1 to 4" },
		{ "a", "severity\n", "line 1: expected a severity, 1 to 4" },
		{ "a", "title\n", "line 1: expected a title in ASCII" },
		{ "a", "title a\x1b[2J\n", "line 1: expected a title in ASCII" },
		{ "a", "live\n", "line 1: 'live' needs a value in ASCII" },
		{ "a", "tries \xc3\xa4\n", "line 1: 'tries' needs a value in ASCII" },
		{ "a", "titel x\n", "no key of a finding 'titel'; did you mean 'title'?" },
		{ "a", "rwo 6.1 * * *\n", "no key of a finding 'rwo'; did you mean 'row'?" },
		{ "a", "row 6.1 splat *\n", "line 1: expected kernels, rules, cases and" },
		{ "a", "\nIt\nrow\x01\n", "'p' line 3: prose must be ASCII" },
		{ "a", "#\nrow 6.1 splatt * *\n", "line 2: no rule 'splatt'; did you mean" },
		{ "A", HEAD, "line 1: expected the name of a finding" },
		{ "a b", HEAD, "line 1: expected the name of a finding" },
		{ "", HEAD, "line 1: expected the name of a finding" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct known k = { 0 };

		expect_err(finding_parse("p", rows[i].name, rows[i].text, strlen(rows[i].text), &k),
			   rows[i].said);
		known_deinit(&k);
	}
}

/* Adds finding @name, with a row of its own, after those of @after. */
static void add(struct known *k, const char *name, const char *after)
{
	_cleanup_free_ char *text = xasprintf(HEAD "%s%s\n" ROW PROSE, *after ? "after " : "#",
					      after);

	assert_null(finding_parse("p", name, text, strlen(text), k));
}

static void test_order(void **state)
{
	static const struct {
		const char *after[4]; /* of d, c, b, a, in this order */
		const char *names;    /* or the error */
	} rows[] = {
		{ { "", "", "", "" }, "abcd" },
		{ { "", "", "", "c" }, "bcad" },
		{ { "", "d", "", "c" }, "bdca" },
		{ { "", "", "", "b d" }, "bcda" },
		{ { "", "b", "c", "" }, "finding 'b' comes after 'c': these make a circle" },
		{ { "", "", "", "a" }, "finding 'a' comes after 'a'" },
		{ { "", "", "e", "" }, "finding 'b' comes after 'e', which does not exist" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct known k = { 0 };
		struct err *err;

		for (size_t j = 0; j < 4; j++)
			add(&k, (const char *const[]){ "d", "c", "b", "a" }[j], rows[i].after[j]);
		err = findings_order(&k);
		if (strlen(rows[i].names) > 4) {
			expect_err(err, rows[i].names);
		} else {
			assert_null(err);
			for (size_t j = 0; j < 4; j++) {
				assert_int_equal(k.findings[j].name[0], rows[i].names[j]);
				assert_int_equal(k.v[j].name[0], rows[i].names[j]);
			}
		}
		known_deinit(&k);
	}
	expect_err(({
			   struct known k = { 0 };
			   struct err *e;

			   add(&k, "a", "");
			   e = finding_parse("p", "a", HEAD, strlen(HEAD), &k);
			   known_deinit(&k);
			   e;
		   }),
		   "finding 'a' is given twice");
}

/* Lines of a list, and what it keeps of a finding. */
static void test_list(void **state)
{
	static const char text[] = "finding spins 3 A hole  spins\nspins 7.2 splat * x\n"
				   "findings 7.2 splat * x\n";
	static const struct {
		const char *text, *said;
	} bad[] = {
		{ "finding\n", "'l' line 1: expected the name of a finding" },
		{ "finding a\n", "'l' line 1: expected a severity, 1 to 4" },
		{ "finding a 1\n", "'l' line 1: expected a title in ASCII" },
		{ "finding a 7.2 splat * x\n", "'l' line 1: expected a severity, 1 to 4" },
		{ "#\nfinding a 1 t\nfinding a 1 t\n", "'l' line 3: finding 'a' is given twice" },
	};
	struct known k;

	(void)state;
	assert_null(known_parse("l", text, strlen(text), &k));
	assert_int_equal(k.n, 2);
	assert_int_equal(k.nr_findings, 1);
	assert_string_equal(k.findings[0].title, "A hole  spins");
	assert_null(k.findings[0].prose);
	known_deinit(&k);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		expect_err(known_parse("l", bad[i].text, strlen(bad[i].text), &k), bad[i].said);
}

static void test_markdown(void **state)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct known k = { 0 };
	static const char access[] = "title T|t\nseverity 1\nlive 6.1\nfixed 6.15 by 1f\nfs xfs\n"
				     "scenario b\ntries 1 of 1\n" ROW PROSE;

	(void)state;
	add(&k, "a", "");
	assert_null(finding_parse("p", "b", access, strlen(access), &k));
	findings_markdown(&k, "HEAD\n", "TAIL\n", &out);
	assert_string_equal(
		buf_str(&out),
		"<!-- Made by 'make findings' from reports/findings; do not edit. -->\nHEAD\n\n"
		"| severity | finding | kernels | scenario | tries |\n|---|---|---|---|---|\n"
		"| 1 access | [T\\|t](#b) | 6.1 | `b` | 1 of 1 |\n"
		"| 3 hang | [A hole spins](#a) | 6.1, 7.2 | `spins` | 7.2: 3 of 3 |\n"
		"\n## Each finding\n"
		"\n### b\n\n**T|t.**\n\n- Severity 1, access: another's data or freed memory is "
		"reached.\n- Seen in 6.1, on xfs; fixed in 6.15 by 1f.\n- Shown by `b`.\n"
		"- Tries: 1 of 1.\n\nIt spins.\n\nrow after row\n"
		"\n### a\n\n**A hole spins.**\n\n- Severity 3, hang: something hangs beyond a kill, "
		"or the kernel stops.\n- Seen in 6.1, 7.2, on xfs ext4.\n- Shown by `spins`, "
		"`xfs/*/a|b`.\n- Tries: 7.2: 3 of 3.\n\nIt spins.\n\nrow after row\n"
		"\nTAIL\n");
	known_deinit(&k);
}

static void own(struct known *out)
{
	struct err *err = known_read("reports/findings", out);

	if (err)
		fail_msg("%s", err->message);
	assert_true(out->nr_findings > 40);
}

static void expect_file(const char *path, const char *made)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	assert_null(file_read(path, 1 << 20, &text));
	if (strcmp(buf_str(&text), made) != 0)
		fail_msg("'%s' is not what the findings make: run 'make findings'", path);
}

static void test_up_to_date(void **state)
{
	_cleanup_buf_ struct buf list = BUF_INIT, page = BUF_INIT, head = BUF_INIT, tail = BUF_INIT;
	struct known k;

	(void)state;
	own(&k);
	findings_list(&k, &list);
	expect_file("reports/known.txt", buf_str(&list));
	assert_null(file_read("reports/findings/head.md", 1 << 20, &head));
	assert_null(file_read("reports/findings/tail.md", 1 << 20, &tail));
	findings_markdown(&k, buf_str(&head), buf_str(&tail), &page);
	expect_file("reports/FINDINGS.md", buf_str(&page));
	known_deinit(&k);
}

/* Whether the comma-separated @list has the @n bytes at @word. */
static bool has(const char *list, const char *word, size_t n)
{
	for (const char *s = list; s; s = strchr(s, ',')) {
		s += *s == ',';
		if (strcspn(s, ",") == n && strncmp(s, word, n) == 0)
			return true;
	}
	return false;
}

/* Each finding is live where its rows are, and is named for a scenario that shows it. */
static void test_own(void **state)
{
	struct known k;

	(void)state;
	assert_true(has("6.1,7.2", "7.2", 3) && !has("6.1,7.2", "7", 1) && !has("6.12", "6.1", 3));
	own(&k);
	for (size_t i = 0; i < k.nr_findings; i++) {
		const struct known_finding *f = &k.findings[i];
		_cleanup_free_ char *path = xasprintf("workloads/scenarios/%s.scn", f->name);

		if (access(path, R_OK) != 0)
			fail_msg("there is no scenario '%s'", f->name);
		if (strcspn(f->scenario, " ") != strlen(f->name) ||
		    strncmp(f->scenario, f->name, strlen(f->name)) != 0)
			fail_msg("'%s' does not name its own scenario first", f->name);
	}
	for (size_t i = 0; i < k.n; i++) {
		const struct known_finding *f = known_finding(&k, k.v[i].name);
		const char *s = k.v[i].kernels;

		for (size_t n; *s; s += n + (s[n] == ',')) {
			n = strcspn(s, ",");
			if (!has(f->live, s, n))
				fail_msg("'%s' is not live in %s, which a row of it says", f->name,
					 s);
		}
	}
	known_deinit(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parsed),	     cmocka_unit_test(test_nul),
		cmocka_unit_test(test_unprivileged), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_order),	     cmocka_unit_test(test_list),
		cmocka_unit_test(test_markdown),     cmocka_unit_test(test_own),
		cmocka_unit_test(test_up_to_date),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
