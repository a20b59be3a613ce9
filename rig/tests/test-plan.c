/* SPDX-License-Identifier: GPL-2.0-only */
/* From plan text to named cases. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "plan.h"

#define SOURCE(n, t) { .name = (char *)(n), .path = (char *)(n), .text = (char *)(t), \
		       .len = sizeof(t) - 1 }

static const struct plan_source lib[] = {
	SOURCE("one", "file a 4K written\n"),
	SOURCE("two", "fs xfs\neach p vmsplice odirect\nfile a 4K written\n"
		      "map m a 0 4K shared r\npin q $p m 4K\n"),
	SOURCE("bad", "fil a\n"),
};

static const struct {
	const char *plan;
	const char *expected;	/* names joined by ' ', or the error */
} cases[] = {
	{ "# nothing\n", "" },
	{ "scenario one\n", "xfs/one ext4/one " },
	{ "scenario t*\n", "xfs/two/vmsplice xfs/two/odirect " },
	{ "scenario one\nscenario one two\n", "xfs/one ext4/one xfs/two/vmsplice "
					      "xfs/two/odirect " },
	{ "matrix vmsplice,odirect punch,clone\n",
	  "xfs/vmsplice/mapped/punch xfs/vmsplice/mapped/clone xfs/odirect/mapped/punch "
	  "xfs/odirect/mapped/clone ext4/vmsplice/mapped/punch ext4/odirect/mapped/punch " },
	{ "scenario three\n", "p:1:10: no scenario is called 'three'" },
	{ "scenario\n", "p:1:9: expected the name of a scenario" },
	{ "scenario bad\n", "bad:1:1: expected a step or an operation, found 'fil'" },
	{ "matrix vmsplice\n", "p:1:16: expected operations" },
	{ "matrix nope *\n", "p:1:13: no pin and operation match" },
	{ "matrix * * *\n", "p:1:12: expected the end of the line" },
	{ "batch 0\n", "p:1:7: expected 1 to 1000" },
	{ "batch 8\nscenario one\n", "xfs/one ext4/one " },
	{ "\nfoo\n", "p:2:1: expected scenario, matrix or batch, found 'foo'" },
};

static void test_plan(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_buf_ struct buf got = BUF_INIT;
		struct plan plan = { 0 };
		struct err *err = plan_parse(&plan, "p", cases[i].plan, strlen(cases[i].plan),
					     lib, ARRAY_SIZE(lib));

		for (size_t j = 0; j < plan.nr_cases && !err; j++)
			buf_addf(&got, "%s ", plan.cases[j].name);
		if (err)
			buf_add(&got, err->message, MIN(strlen(err->message),
							strlen(cases[i].expected)));
		assert_string_equal(buf_str(&got), cases[i].expected);
		err_free(err);
		plan_deinit(&plan);
	}
}

static void test_left_out(void **state)
{
	static const char text[] = "matrix * clone\n";
	struct plan plan = { 0 };

	(void)state;
	assert_null(plan_parse(&plan, "p", text, strlen(text), NULL, 0));
	/* 4 pins on xfs; all pins on ext4 and the 4 others on xfs are left out */
	assert_int_equal(plan.nr_cases, 4);
	assert_int_equal(plan.nr_left_out, 12);
	for (size_t i = 0; i < plan.nr_left_out; i++)
		assert_non_null(plan.left_out[i].why);
	plan_match(&plan, "*/vmsplice/*");
	assert_int_equal(plan.nr_cases, 1);
	plan_deinit(&plan);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plan),
		cmocka_unit_test(test_left_out),
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
