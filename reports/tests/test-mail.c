// SPDX-License-Identifier: GPL-2.0-only
/* The mail about a night: goldens, when there is none, and its form whatever is in the record. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "reports/tests/mail-rules.h"
#include "reports/tests/render-sample.h"

#define broken(text) mail_broken((text), "Subject: [daxrig] ")

static void test_rules_fire(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{ "Subject: [daxrig] x\n\na\n", NULL },
		{ "subject: x\n\na\n", "no subject" },
		{ "Subject: [daxrig] x\n", "no body" },
		{ "Subject: [daxrig] x\n\na", "no end" },
		{ "Subject: [daxrig] x\na b\n\n", "no name" },
		{ "Subject: [daxrig] x\n a:\n\n", "no name" },
		{ "Subject: [daxrig] x\n\n\xe9\n", "not printable" },
		{ "Subject: [daxrig] x\n\n.\n", "ends the mail" },
		{ "Subject: [daxrig] x\n\nFrom x\n", "ends the mail" },
		{ "Subject: [daxrig] x\n\na \n", "blanks" },
		{ "Subject: [daxrig] x\n\n0123456789012345678901234567890123456789012345678901234"
		  "567890123456789012345\n",
		  "too long" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *why = broken(rows[i].text);

		if (!why != !rows[i].why || (why && !strstr(why, rows[i].why)))
			fail_msg("row %zu: %s", i, why ? why : "no rule fired");
	}
}

static char *render(const struct render_run *run, struct case_record *const *cases, size_t n)
{
	size_t len;
	char *text = sample_render(&renderer_mail, run, cases, n, &len);

	if (*text && broken(text))
		fail_msg("%s: %s", broken(text), text);
	return text;
}

static void test_goldens(void **state)
{
	_cleanup_free_ char *alone = NULL, *night = NULL;
	struct sample s;

	(void)state;
	sample_init(&s);
	alone = render(&s.run, s.cases, SAMPLE_CASES);
	sample_golden("mail.txt", alone);
	assert_null(strstr(alone, "first bad"));
	s.run.history = &s.history;
	night = render(&s.run, s.cases, SAMPLE_CASES);
	sample_golden("mail-night.txt", night);
	sample_deinit(&s);
}

static void test_subject(void **state)
{
	_cleanup_free_ char *text = NULL, *untested = NULL;
	struct sample s;

	(void)state;
	sample_init(&s);
	s.run.history = &s.history;
	memset(s.runs[1].statuses, 0, sizeof(s.runs[1].statuses));
	s.runs[1].statuses[STATUS_NEW] = 2;
	s.runs[1].statuses[STATUS_FIXED] = 1;
	s.runs[1].statuses[STATUS_KNOWN] = 87;
	s.runs[1].statuses[STATUS_PASS] = 1000;
	text = render(&s.run, s.cases, SAMPLE_CASES);
	assert_true(strncmp(text, "Subject: [daxrig] 6.12.117: 2 new, 1 fixed, 87 known\n", 53) ==
		    0);
	memset(s.runs[1].statuses, 0, sizeof(s.runs[1].statuses));
	s.runs[1].untested = TEXT("it does not boot");
	s.runs[1].nr_rows = 0;
	untested = render(&s.run, NULL, 0);
	assert_true(strncmp(untested, "Subject: [daxrig] 6.12.117: untested\n", 37) == 0);
	assert_non_null(strstr(untested, "\nuntested  it does not boot\n"));
	sample_deinit(&s);
}

/* What each status of the one case of a night is worth. */
static void test_only_when_changed(void **state)
{
	static const struct {
		enum status status, before;
		bool told;
	} rows[] = {
		{ STATUS_NEW, STATUS_PASS, true },    { STATUS_REGRESSED, STATUS_PASS, true },
		{ STATUS_FIXED, STATUS_STILL, true }, { STATUS_GONE, STATUS_PASS, true },
		{ STATUS_FLAKY, STATUS_PASS, true },  { STATUS_FLAKY, STATUS_FLAKY, false },
		{ STATUS_LOST, STATUS_PASS, true },   { STATUS_LOST, STATUS_LOST, false },
		{ STATUS_STILL, STATUS_NEW, false },  { STATUS_KNOWN, STATUS_KNOWN, false },
		{ STATUS_KNOWN, STATUS_PASS, false }, { STATUS_PASS, STATUS_LOST, false },
		{ STATUS_SKIP, STATUS_GONE, false },
	};
	struct case_record *rec;
	struct sample s;

	(void)state;
	sample_init(&s);
	rec = s.cases[7];
	s.run.history = &s.history;
	s.runs[1].rows = &s.rows[6];
	s.runs[1].nr_rows = 1;
	assert_string_equal(s.names[s.rows[6].of].name, "xfs/storm");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *text = NULL;

		s.rows[6].status = rows[i].status;
		s.old_rows[0].status = rows[i].before;
		text = render(&s.run, &rec, 1);
		if (!*text == rows[i].told)
			fail_msg("%s after %s: '%s'", status_name(rows[i].status),
				 status_name(rows[i].before), text);
	}
	sample_deinit(&s);
}

/* Without a history what is new by the list and what is in error are told, no more. */
static void test_alone(void **state)
{
	static const struct {
		size_t of;
		bool told;
	} rows[] = { { 0, false }, { 1, true }, { 3, false },
		     { 4, false }, { 5, true }, { 7, false } };
	struct sample s;

	(void)state;
	sample_init(&s);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *text = render(&s.run, &s.cases[rows[i].of], 1);

		assert_int_equal(*text != '\0', rows[i].told);
	}
	s.run.incomplete = true;
	s.run.end_reason = "SIGHUP";
	{
		_cleanup_free_ char *text = render(&s.run, &s.cases[0], 1);

		assert_non_null(strstr(text, "Subject: [daxrig] 6.12.117: incomplete\n"));
		assert_non_null(strstr(text, "\nended     before its last case, SIGHUP\n"));
	}
	sample_deinit(&s);
}

/* A bad night is a mail that can be read. */
static void test_many(void **state)
{
	_cleanup_free_ char *text = NULL, *name = xcalloc(1, 80);
	struct case_record *cases[400];
	struct sample s;

	(void)state;
	sample_init(&s);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		/* 20 kinds, and a name as long as the longest of the plan */
		_cleanup_free_ char *reason = xasprintf("splat: found kind%c %zu",
							(char)('a' + i % 20), i);

		snprintf(name, 80,
			 "ext4/2M/rdma-odp/mapped-after-the-truncate/punch/overlap/"
			 "kill-waiter-%03zu",
			 i);
		cases[i] = sample_case(name, VERDICT_FAIL, reason);
	}
	text = render(&s.run, cases, ARRAY_SIZE(cases));
	assert_non_null(strstr(text, "400 new\n"));
	assert_non_null(strstr(text, "and 19 more like it:\n"));
	assert_non_null(strstr(text, "10 more kinds"));
	/* the command can be copied: its parts are on lines of their own */
	assert_non_null(strstr(text, "\nagain     daxrig run --kernel deb:6.12 \\\n"));
	assert_non_null(strstr(text, "\n ext4/2M/rdma-odp/mapped-after-the-truncate/punch/overlap/"
				     "kill-waiter-000\n"));
	assert_true(strlen(text) < 20000);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		case_record_destroy(cases[i]);
	sample_deinit(&s);
}

static void test_hostile(void **state)
{
	_cleanup_free_ char *text = NULL;
	struct hostile h;

	(void)state;
	hostile_init(&h);
	text = render(&h.run, h.cases, HOSTILE_CASES);
	assert_true(strlen(text) > 10000 && strlen(text) < 1000000);
	hostile_deinit(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules_fire), cmocka_unit_test(test_goldens),
		cmocka_unit_test(test_subject),	   cmocka_unit_test(test_only_when_changed),
		cmocka_unit_test(test_alone),	   cmocka_unit_test(test_many),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
