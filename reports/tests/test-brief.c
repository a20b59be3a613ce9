/* SPDX-License-Identifier: GPL-2.0-only */
/* What is new and what is known: the tally, and the screen that shows it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "reports/record/run-json.h"
#include "reports/record/tally.h"
#include "reports/render/render.h"

/* A case: its findings are "RULE FOUND KNOWN" joined by ';', KNOWN "-" for none. */
struct row {
	const char *name;
	enum verdict verdict;
	const char *findings;
};

static struct case_record *make(const struct row *row)
{
	struct case_record *rec = case_record_create(row->name);
	_cleanup_free_ char *copy = xstrdup(row->findings);
	char *rest = copy, *one;

	rec->verdict = row->verdict;
	free(rec->reason);
	rec->reason = xstrdup("the reason");
	rec->findings = xcalloc(8, sizeof(*rec->findings));
	while (*row->findings && (one = strsep(&rest, ";")) != NULL) {
		char *rule = strsep(&one, " "), *found = strsep(&one, " ");

		rec->findings[rec->finding_count++] = (struct finding){
			.rule = xstrdup(rule),
			.found = xstrdup(found),
			.expected = xstrdup("e"),
			.known = strcmp(one, "-") ? xstrdup(one) : NULL
		};
	}
	return rec;
}

static const struct {
	struct row rows[6];
	const char *groups; /* "KNOWN-OR-RULE CASES FIRST" joined by ';' */
	const char *end, *end_without_list;
	bool new; /* of the first case */
} tallies[] = {
	{ { { "a", VERDICT_PASS, "" } }, "", "nothing failed", "nothing failed", false },
	{ { { "a", VERDICT_SKIP, "splat x -" } }, "", "nothing failed", "nothing failed", false },
	{ { { "a", VERDICT_ERROR, "splat x -" } },
	  "",
	  "nothing failed; 1 error of the rig or the host",
	  "nothing failed; 1 error of the rig or the host",
	  false },
	{ { { "a", VERDICT_FAIL, "splat x k" } },
	  "k 1 a",
	  "1 case shows 1 known finding of 6.1, nothing new",
	  "1 case shows 1 known finding of 6.1, nothing new",
	  false },
	{ { { "a", VERDICT_FAIL, "splat x -" } },
	  "splat 1 a",
	  "1 new finding of 6.1 in 1 case",
	  "1 finding of 6.1 in 1 case, compared with no list of known ones",
	  true },
	/* a fail without a finding is never known */
	{ { { "a", VERDICT_FAIL, "" } },
	  " 1 a",
	  "1 new finding of 6.1 in 1 case",
	  "1 finding of 6.1 in 1 case, compared with no list of known ones",
	  true },
	/* one unknown finding makes a case new, and it is the one that is shown */
	{ { { "a", VERDICT_FAIL, "content.dma x k;splat y -;splat z k" } },
	  "splat 1 a",
	  "1 new finding of 6.1 in 1 case",
	  "1 finding of 6.1 in 1 case, compared with no list of known ones",
	  true },
	/* of several the most severe */
	{ { { "a", VERDICT_FAIL, "splat y -;flush.missing y -;content.dma x -;block.freed x -" } },
	  "content.dma 1 a",
	  "1 new finding of 6.1 in 1 case",
	  "1 finding of 6.1 in 1 case, compared with no list of known ones",
	  true },
	/* new before known; the most severe first, then the most frequent, then the first */
	{ { { "a", VERDICT_FAIL, "splat took:3 -" },
	    { "b", VERDICT_FAIL, "content.file x -" },
	    { "c", VERDICT_FAIL, "splat took:4 -" },
	    { "d", VERDICT_FAIL, "contract.waits x -" },
	    { "e", VERDICT_FAIL, "splat x warns;content.dma y worse" },
	    { "f", VERDICT_FAIL, "content.dma x worse" } },
	  "content.file 1 b;splat 2 a;contract.waits 1 d;worse 1 f;warns 1 e",
	  "3 new findings of 6.1 in 4 cases; 2 cases show 2 known findings of 6.1",
	  "3 findings of 6.1 in 4 cases, compared with no list of known ones; 2 cases show 2 "
	  "known findings of 6.1",
	  true },
};

static char *groups_of(const struct tally *t)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < t->n; i++) {
		const struct tally_group *g = &t->v[i];

		assert_int_equal(i < t->nr_new, !g->known);
		buf_addf(&b, "%s%s %zu %s", i ? ";" : "",
			 g->known   ? g->known :
			 g->finding ? g->finding->rule :
				      "",
			 g->cases, g->first->name);
	}
	return buf_take(&b);
}

static void test_tally(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(tallies); i++) {
		const struct case_record *cases[ARRAY_SIZE(tallies[0].rows)];
		_cleanup_buf_ struct buf end = BUF_INIT, without = BUF_INIT;
		_cleanup_free_ char *got = NULL;
		size_t n = 0;
		struct tally t;

		for (; n < ARRAY_SIZE(cases) && tallies[i].rows[n].name; n++)
			cases[n] = make(&tallies[i].rows[n]);
		tally_cases(&t, cases, n, NULL);
		got = groups_of(&t);
		assert_string_equal(got, tallies[i].groups);
		tally_conclude(&t, "6.1.0-57-amd64", true, &end);
		assert_string_equal(buf_str(&end), tallies[i].end);
		tally_conclude(&t, "6.1.0-57-amd64", false, &without);
		assert_string_equal(buf_str(&without), tallies[i].end_without_list);
		assert_int_equal(case_is_new(cases[0]), tallies[i].new);
		tally_deinit(&t);
		while (n)
			case_record_destroy((struct case_record *)cases[--n]);
	}
}

/* The unknown finding among many known ones survives the cut of a large record. */
static void test_trimmed(void **state)
{
	struct case_record *rec = case_record_create("a");
	char *big = xcalloc(1, 4001);

	(void)state;
	memset(big, 'x', 4000);
	rec->findings = xcalloc(200, sizeof(*rec->findings));
	for (; rec->finding_count < 200; rec->finding_count++)
		rec->findings[rec->finding_count] = (struct finding){ .rule = xstrdup("splat"),
								      .found = xstrdup(big),
								      .known = xstrdup("k") };
	free(rec->findings[150].known);
	rec->findings[150].known = NULL;
	rec->verdict = VERDICT_FAIL;
	assert_true(case_is_new(rec));
	case_record_trim(rec, NULL);
	assert_in_range(rec->finding_count, 2, 100);
	assert_true(case_is_new(rec));
	case_record_destroy(rec);
	free(big);
}

static char *brief_of(const struct case_record *const *cases, size_t n,
		      const struct render_run *run, unsigned int width)
{
	char *out = NULL;
	size_t len;
	FILE *f = open_memstream(&out, &len);
	struct render r;

	render_start(&r, &renderer_brief, f, run);
	r.width = width;
	for (size_t i = 0; i < n; i++)
		render_case(&r, 0, cases[i]);
	assert_int_equal(render_end(&r, 0, NULL), 0);
	fclose(f);
	return out;
}

static const struct row screen_rows[] = {
	{ "xfs/4k/rdma/mapped/punch~2", VERDICT_FAIL, "contract.waits returned -" },
	{ "xfs/b", VERDICT_FAIL, "splat x clone-killed" },
	{ "xfs/c", VERDICT_ERROR, "" },
	{ "xfs/d", VERDICT_PASS, "" },
	{ "it's a \033[2J", VERDICT_FAIL, "content.dma \033[2J -" },
};

static const char screen[] =
	"new      content.dma in 1 case, first it's a \\x1b[2J\n"
	"         expected e, found \\x1b[2J\n"
	"         again: daxrig run --kernel deb:6.1 'it'\\''s a \\x1b[2J'\n"
	"new      contract.waits in 1 case, first xfs/4k/rdma/mapped/punch~2\n"
	"         expected e, found returned\n"
	"         again: daxrig run --kernel deb:6.1 xfs/4k/rdma/mapped/punch\n"
	"error    1 case, first xfs/c: the reason\n"
	"known        1  clone-killed: a reflink that cannot be killed\n"
	"2 new findings of 6.1 in 2 cases; 1 case shows 1 known finding of 6.1; 1 error of the rig "
	"or the host; 5 of 9 cases ran\n"
	"page     /a/index.html\n";

static void test_screen(void **state)
{
	struct known_finding info = { .name = (char *)"clone-killed",
				      .title = (char *)"a reflink that cannot be killed" };
	const struct known known = { .findings = &info, .nr_findings = 1 };
	struct render_run run = { .planned = 9,
				  .kernel_release = "6.1.0",
				  .kernel_spec = "deb:6.1",
				  .known = &known,
				  .incomplete = true,
				  .page = "/a/index.html" };
	const struct case_record *cases[ARRAY_SIZE(screen_rows)];
	_cleanup_free_ char *got = NULL, *narrow = NULL, *without = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cases[i] = make(&screen_rows[i]);
	got = brief_of(cases, ARRAY_SIZE(cases), &run, 0);
	assert_string_equal(got, screen);
	narrow = brief_of(cases, ARRAY_SIZE(cases), &run, 30);
	assert_non_null(strstr(narrow, "new      contract.waits in ...\n"));
	/* what is to be copied is whole */
	assert_non_null(strstr(narrow, "--kernel deb:6.1 xfs/4k/rdma/mapped/punch\n"));
	run.known = NULL;
	without = brief_of(cases, ARRAY_SIZE(cases), &run, 0);
	assert_non_null(strstr(without, "fail     contract.waits in 1 case"));
	assert_non_null(strstr(without, "known        1  clone-killed\n"));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		case_record_destroy((struct case_record *)cases[i]);
}

/* However much there is, it fits a screen with the lines of the summary, and counts the rest. */
static void test_fits(void **state)
{
	static const struct known none;
	const struct render_run run = { .planned = 300, .known = &none, .kernel_spec = "deb:6.1" };
	const struct case_record *cases[300];
	_cleanup_free_ char *got = NULL;
	size_t lines = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_free_ char *name = xasprintf("xfs/%zu", i);
		_cleanup_free_ char *text = xasprintf("splat f%zu_%c- %s%zu", i, 'a', "k", i);
		struct row row = { name, VERDICT_FAIL, text };

		if (i < 100)
			memcpy(strrchr(text, ' '), " -", 3);
		if (i >= 200)
			row.verdict = VERDICT_ERROR;
		cases[i] = make(&row);
		if (i >= 200)
			((struct case_record *)cases[i])->reason[0] = (char)('a' + i % 26);
	}
	got = brief_of(cases, ARRAY_SIZE(cases), &run, 80);
	for (const char *p = got; (p = strchr(p, '\n')) != NULL; p++)
		lines++;
	assert_in_range(lines, 20, 34);
	assert_non_null(strstr(got, "\n         95 more in 95 cases: daxrig report --kinds\n"));
	assert_non_null(strstr(got, " more: daxrig report --kinds\n"));
	assert_non_null(strstr(got, " more known findings\n"));
	assert_non_null(strstr(got, "\n100 new findings in 100 cases; 100 cases show 100 known "
				    "findings; 100 errors of the rig or the host\n"));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		case_record_destroy((struct case_record *)cases[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tally),
		cmocka_unit_test(test_trimmed),
		cmocka_unit_test(test_screen),
		cmocka_unit_test(test_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
