// SPDX-License-Identifier: GPL-2.0-only
/* What renderers ask of a case and of a run: its standing, what was planned, how to see it again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "reports/record/planned.h"
#include "reports/record/story.h"
#include "reports/tests/render-sample.h"

static void test_alone(void **state)
{
	static const struct {
		size_t of;
		enum status status;
		bool changed;
	} rows[] = {
		{ 0, STATUS_PASS, false }, { 1, STATUS_NEW, true },  { 3, STATUS_KNOWN, false },
		{ 4, STATUS_SKIP, false }, { 5, STATUS_LOST, true }, { 7, STATUS_LOST, false },
	};
	struct sample s;

	(void)state;
	sample_init(&s);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct standing standing = standing_of(NULL, 0, s.cases[rows[i].of]);

		assert_int_equal(standing.status, rows[i].status);
		assert_int_equal(standing.changed, rows[i].changed);
		assert_null(standing.row);
	}
	/* one that nobody knows is enough; a fail without any finding is not known */
	sample_find(s.cases[3], "splat", "another", NULL, NULL);
	assert_int_equal(standing_of(NULL, 0, s.cases[3]).status, STATUS_NEW);
	free(s.cases[3]->findings[1].known);
	s.cases[3]->findings[1].known = xstrdup("");
	assert_int_equal(standing_of(NULL, 0, s.cases[3]).status, STATUS_NEW);
	case_record_drop_findings(s.cases[3]);
	assert_int_equal(standing_of(NULL, 0, s.cases[3]).status, STATUS_NEW);
	sample_deinit(&s);
}

static void test_history(void **state)
{
	struct case_record *other = sample_case("xfs/none", VERDICT_PASS, NULL);
	struct sample s;

	(void)state;
	sample_init(&s);
	assert_int_equal(standing_of(&s.history, 1, s.cases[2]).status, STATUS_REGRESSED);
	assert_true(standing_of(&s.history, 1, s.cases[2]).changed);
	/* the second try of a case is of its row; the oracle was lost before, too */
	assert_ptr_equal(standing_of(&s.history, 1, s.cases[7]).row, &s.rows[6]);
	assert_false(standing_of(&s.history, 1, s.cases[7]).changed);
	assert_true(standing_of(&s.history, 1, s.cases[5]).changed);
	/* one that the history lacks */
	assert_null(standing_of(&s.history, 1, other).row);
	assert_int_equal(standing_of(&s.history, 1, other).status, STATUS_PASS);
	case_record_destroy(other);
	sample_deinit(&s);
}

/* A scenario that changed has two rows of one name. */
static void test_changed_scenario(void **state)
{
	struct case_record *rec = sample_case("a", VERDICT_FAIL, "r");
	char hash[IDENTITY_HASH], old[] = "0", newer[] = "1";
	struct history_case names[] = { { rec->name, old }, { rec->name, newer } };
	struct history_row rows[] = { { .of = 0, .status = STATUS_GONE },
				      { .of = 1, .status = STATUS_NEW } };
	struct history_run run = { .rows = rows, .nr_rows = 2, .before = HISTORY_NONE };
	struct history h = { .cases = names, .runs = &run, .nr_cases = 2, .nr_runs = 1 };

	(void)state;
	assert_int_equal(standing_of(&h, 0, rec).status, STATUS_NEW);
	rows[0].status = STATUS_NEW;
	rows[1].status = STATUS_GONE;
	assert_int_equal(standing_of(&h, 0, rec).status, STATUS_NEW);
	/* the text decides */
	identity_scenario(rec->scenario, hash);
	names[1].hash = hash;
	rows[1].status = STATUS_STILL;
	assert_int_equal(standing_of(&h, 0, rec).status, STATUS_STILL);
	names[0].hash = hash;
	names[1].hash = newer;
	assert_int_equal(standing_of(&h, 0, rec).status, STATUS_NEW);
	case_record_destroy(rec);
}

static void test_planned(void **state)
{
	static const struct {
		const char *text;
		size_t max;
		const char *missing; /* each before a blank */
	} rows[] = {
		{ "xfs/a\nxfs/b\nxfs/c\n", 9, "xfs/a xfs/c " },
		{ "xfs/b\nxfs/a\n\nxfs/c", 9, "xfs/a " },
		{ "1\n2\n3\n4\n5\n", 3, "1 2 3 " },
		{ "", 9, "" },
		{ NULL, 9, "" },
		{ "1\n", 0, "" },
	};
	struct case_record *b = case_record_create("xfs/b");
	const struct case_record *cases[] = { b };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_buf_ struct buf all = BUF_INIT;
		struct planned p;

		planned_missing(rows[i].text, cases, 1, rows[i].max, &p);
		for (size_t n = 0; n < p.n; n++)
			buf_addf(&all, "%s ", p.names[n]);
		assert_string_equal(buf_str(&all), rows[i].missing);
		planned_deinit(&p);
	}
	case_record_destroy(b);
}

static void test_again(void **state)
{
	static const struct {
		const char *spec, *self_test, *name, *want, *plan, *word;
	} rows[] = {
		{ "deb:6.12", "", "xfs/4k/rdma/mapped/punch",
		  "daxrig run --kernel deb:6.12 xfs/4k/rdma/mapped/punch", NULL, NULL },
		{ NULL, NULL, "xfs/a#3", "daxrig run xfs/a", NULL, NULL },
		{ "file:/a b", "no-unpin", "x",
		  "daxrig run --kernel 'file:/a b' --self-test no-unpin x", NULL, NULL },
		{ "", "", "--kernel=y", "daxrig run -- --kernel=y", NULL, NULL },
		{ "$(x)", "", "';reboot;'\n", "daxrig run --kernel '$(x)' ''\\'';reboot;'\\''?'",
		  NULL, NULL },
		{ "deb:6.1", "", "xfs/mine~2",
		  "daxrig run --kernel deb:6.1 --plan /a/my.plan --match xfs/mine", "/a/my.plan",
		  "x" },
		{ NULL, "", "xfs/mine", "daxrig run mine.scn --match xfs/mine", NULL, "mine.scn" },
		{ NULL, "", "xfs/x", "daxrig run 'program x = /x a\\x20b' --match xfs/x", NULL,
		  "program x = /x a\\x20b" },
		{ NULL, "", "xfs/mine", "daxrig run xfs/mine", "quick", "punch-waits" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct run_choices choices = { .cases = (char *[]){ (char *)rows[i].word },
						     .nr_cases = rows[i].word != NULL };
		const struct render_run run = { .kernel_spec = rows[i].spec,
						.self_test = rows[i].self_test,
						.source = render_source(rows[i].plan, &choices) };
		_cleanup_buf_ struct buf b = BUF_INIT;

		render_again(&run, rows[i].name, &b);
		assert_string_equal(buf_str(&b), rows[i].want);
	}
}

static void test_compiler(void **state)
{
	static const struct {
		const char *config, *want;
	} rows[] = {
		{ "#\nCONFIG_CC_VERSION_TEXT=\"gcc (Debian) 12\"\nCONFIG_A=y\n",
		  "gcc (Debian) 12" },
		{ "CONFIG_CC_VERSION_TEXT=\"gcc\n", "gcc" },
		{ "# CONFIG_CC_VERSION_TEXT=\"a\"\nCONFIG_CC_VERSION_TEXT=\"b\"\n", "b" },
		{ "# CONFIG_CC_VERSION_TEXT=\"a\"\n", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *text = render_compiler(rows[i].config);

		if (rows[i].want)
			assert_string_equal(text, rows[i].want);
		else
			assert_null(text);
	}
}

static void test_story(void **state)
{
	struct case_record *rec = sample_case("a", VERDICT_FAIL, "r");
	_cleanup_buf_ struct buf b = BUF_INIT;

	(void)state;
	for (int i = 0; i < 9; i++)
		sample_find(rec, "splat", i ? "next" : "f\x01", "x\ny", i ? NULL : "k");
	case_record_add_error(rec, "full");
	case_record_add_evidence(rec, "tasks", "cases/tasks", NULL);
	case_record_add_evidence(rec, "agent", NULL, "no file");
	story_add(&b, rec, CASE_DETAIL_MAX);
	assert_true(strncmp(buf_str(&b),
			    "rule      splat\n"
			    "known as  k\n"
			    "step      line 7: expect  t blocks\n"
			    "expected  sleeps while it waits\n"
			    "found     f\\x01\n"
			    "x\ny\n\nrule ",
			    100) == 0);
	assert_non_null(strstr(buf_str(&b), "\nand 1 more findings\n\n"
					    "rig       full\n"
					    "evidence  cases/tasks\n"));
	assert_true(str_ends(buf_str(&b), "cases/tasks\n"));
	case_record_destroy(rec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alone),
		cmocka_unit_test(test_history),
		cmocka_unit_test(test_changed_scenario),
		cmocka_unit_test(test_planned),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_compiler),
		cmocka_unit_test(test_story),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
