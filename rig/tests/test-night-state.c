/* SPDX-License-Identifier: GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "nightly/night-state.h"
#include "tests/scratch.h"

#define NOON 1796040000 /* 2026-11-30T12:00Z */

static int in_utc(void **state)
{
	setenv("TZ", "UTC", 1);
	tzset();
	return scratch_make(state);
}

static void begin(const char *dir, const char *file, time_t now, struct night_state *s)
{
	ok(night_state_begin(dir, file, now, s));
}

static void test_ids(void **state)
{
	struct night_state s;

	begin(*state, "a.night", NOON, &s);
	assert_string_equal(s.id, "2026-11-30");
	assert_false(s.resumed);
	night_state_deinit(&s);
	/* it did not end: the same night, and its budget goes on */
	begin(*state, "a.night", NOON + 3 * 86400, &s);
	assert_string_equal(s.id, "2026-11-30");
	assert_int_equal(s.begun, NOON);
	assert_true(s.resumed);
	ok(night_state_over(&s));
	night_state_deinit(&s);
	/* twice a day, and the day after */
	for (int i = 2; i < 12; i++) {
		char id[32];

		begin(*state, "a.night", NOON + i, &s);
		snprintf(id, sizeof(id), "2026-11-30.%d", i);
		assert_string_equal(s.id, id);
		assert_false(s.resumed);
		ok(night_state_over(&s));
		night_state_deinit(&s);
	}
	begin(*state, "a.night", NOON + 86400, &s);
	assert_string_equal(s.id, "2026-12-01");
	night_state_deinit(&s);
	/* another file is another night */
	begin(*state, "b.night", NOON, &s);
	assert_false(s.resumed);
	night_state_deinit(&s);
}

static void test_one_process(void **state)
{
	struct night_state a, b;
	struct err *err;

	begin(*state, "a.night", NOON, &a);
	err = night_state_begin(*state, "a.night", NOON, &b);
	assert_non_null(err);
	assert_int_equal(err->code, ERR_USAGE);
	assert_non_null(strstr(err->message, "'a.night' is running already"));
	err_free(err);
	night_state_deinit(&a);
	begin(*state, "a.night", NOON, &b);
	night_state_deinit(&b);
}

/* What is in the state is not trusted: it begins a new night. */
static void test_damaged(void **state)
{
	static const char *const texts[] = { "", "runs", "runs x", "over", "runs  \n", "\377\377" };
	struct night_state s;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		begin(*state, "a.night", NOON, &s);
		ok(file_write_atomic(s.path, texts[i], strlen(texts[i])));
		night_state_deinit(&s);
		begin(*state, "a.night", NOON, &s);
		assert_false(s.resumed);
		assert_string_equal(s.id, "2026-11-30");
		night_state_deinit(&s);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, in_utc, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_ids), TEST(test_one_process),
					    TEST(test_damaged) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
