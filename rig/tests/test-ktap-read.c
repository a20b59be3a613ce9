/* SPDX-License-Identifier: GPL-2.0-only */
/* What a selftest prints, and what a hostile one might. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/ktap.h"

static const struct {
	const char *said;
	const char *results; /* "NUMBER STATUS NAME|" each */
	const char *lacks;   /* NULL: nothing */
} rows[] = {
	{ "", "", NULL },
	{ "TAP version 13\n1..2\nok 1 one\nnot ok 2 two\n", "1 ok one|2 fail two|", NULL },
	{ "KTAP version 1\n1..1\n# a\nok 1 - a - b\n", "1 ok a - b|", NULL },
	{ "ok 1 one\nok 2 two\n1..2\n", "1 ok one|2 ok two|", NULL },
	{ "ok 1 one\nok 2 two\n", "1 ok one|2 ok two|", NULL },
	{ "ok\nnot ok\n", "0 ok test|0 fail test|", NULL },
	{ "ok one\nnot ok - two\n", "0 ok one|0 fail two|", NULL },
	{ "1..0 # SKIP no hugetlb\n", "0 skip no hugetlb|", NULL },
	{ "1..0\n", "", NULL },
	/* directives */
	{ "ok 1 a # SKIP b\nnot ok 2 a # skip: b\n", "1 skip a|2 skip a|", NULL },
	{ "ok 1 # SKIP no swap\n", "1 skip no swap|", NULL },
	{ "ok 1 a # XFAIL\nnot ok 2 a #XFAIL b\nnot ok 3 a # XFAIL\n", "1 ok a|2 ok a|3 ok a|",
	  NULL },
	{ "not ok 1 a # error\nnot ok 2 a # TIMEOUT 45 s\n", "1 error a|2 error a|", NULL },
	{ "not ok 1 a # XPASS\n", "1 fail a|", NULL },
	{ "not ok 1 page #3 # SKIPPED\n", "1 fail page #3 # SKIPPED|", NULL },
	{ "not ok 1 page #3 # SKIP b # c\n", "1 skip page #3|", NULL },
	/* lines that only look like results */
	{ "okay 1\nnot okay\n  ok 1 nested\nNOT OK 2\nnot  ok 3\nok:\n", "", NULL },
	{ "ok 1a b\nok 12345678901234567890 c\n", "0 ok 1a b|0 ok 12345678901234567890 c|", NULL },
	{ "# [RUN] a\n# [RUN] pin\n# x\nnot ok 1 Should work\nok 2 # SKIP no\n",
	  "1 fail pin: Should work|2 skip no|", NULL },
	{ "# [RUN] \nok 1\n", "1 ok test|", NULL },
	{ "# [RUN] pin\nok 1\n", "1 ok pin|", NULL },
	{ "ok 1 a\r\n", "1 ok a|", NULL },
	{ "ok 1 a\033[31m\n", "1 ok a\\x1b[31m|", NULL },
	/* what is cut, twice, or does not fit */
	{ "1..3\nok 1 one\n", "1 ok one|", "1 of 3 planned results" },
	{ "1..3\nok 1 one\nok 3 three\nok 3 four\n", "1 ok one|3 ok three|3 ok four|",
	  "a result twice or beyond the plan of 3: 'four'" },
	{ "1..1\nok 1 a\nnot ok 1 a\n", "1 ok a|1 fail a|",
	  "a result twice or beyond the plan of 1: 'a'" },
	{ "1..1\nok 1 one\nok 2 two\n", "1 ok one|2 ok two|",
	  "a result twice or beyond the plan of 1: 'two'" },
	{ "1..1\nok one\nok two\n", "0 ok one|0 ok two|", "2 results of a plan of 1" },
	{ "1..0\nok one\nok two\n", "0 ok one|0 ok two|", "2 results of a plan of 0" },
	{ "1..1000000\nok 999999 a\n", "999999 ok a|",
	  "a result twice or beyond the plan of 1000000: 'a'" },
	{ "1..2\nok 1 one\nnot ok 2 tw", "1 ok one|", "1 of 2 planned results" },
	{ "ok 1 one\nnot ok 2 tw", "1 ok one|", "the last result is cut" },
	{ "1..2\n1..3\nok 1 a\nok 2 b\n", "1 ok a|2 ok b|", "two plans that differ" },
	{ "1..2x\n1..\n1..-1\nok 1 a\n", "1 ok a|", NULL },
	{ "1..2\nok 1 a\nBail out! no /proc\nBail out! again\n", "1 ok a|",
	  "1 of 2 planned results, 'Bail out! no /proc'" },
	{ "1..1\nnot ok 1 a\nBail out! 1 out of 1 tests failed\n", "1 fail a|", NULL },
	{ "ok 1 a\nBail out!\n", "1 ok a|", "'Bail out!'" },
	/* it forked with lines in its buffer */
	{ "1..2\nok 1 one\n1..2\nok 1 one\nok 2 two\n", "1 ok one|2 ok two|", NULL },
};

static void add_results(const struct ktap *k, struct buf *out)
{
	for (size_t i = 0; i < k->n; i++)
		buf_addf(out, "%u %s %s|", k->v[i].number, step_status_name(k->v[i].status),
			 k->v[i].name);
}

/* Whole, and byte by byte. */
static void check(const char *said, size_t piece, const char *results, const char *lacks)
{
	_cleanup_(ktap_deinit) struct ktap k = { 0 };
	_cleanup_buf_ struct buf got = BUF_INIT, why = BUF_INIT;
	size_t len = strlen(said);

	for (size_t i = 0; i < len; i += piece)
		ktap_feed(&k, said + i, MIN(piece, len - i));
	ktap_end(&k);
	add_results(&k, &got);
	if (strcmp(buf_str(&got), results) != 0)
		fail_msg("'%s': expected '%s', got '%s'", said, results, buf_str(&got));
	if (ktap_lacks(&k, &why) != (lacks != NULL) || strcmp(buf_str(&why), lacks ? lacks : ""))
		fail_msg("'%s': expected that it lacks '%s', got '%s'", said, lacks, buf_str(&why));
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		check(rows[i].said, 1 << 20, rows[i].results, rows[i].lacks);
		check(rows[i].said, 1, rows[i].results, rows[i].lacks);
	}
}

static void test_notes(void **state)
{
	_cleanup_(ktap_deinit) struct ktap k = { 0 };
	_cleanup_buf_ struct buf said = BUF_INIT;

	(void)state;
	buf_adds(&said, "# of one\nok 1 one\n");
	for (int i = 0; i < 20; i++)
		buf_addf(&said, "line %d\n", i);
	buf_adds(&said, "not ok 2 two\nnot ok 3 three # ERROR it\nok 4 # SKIP why\n");
	ktap_feed(&k, said.data, said.len);
	ktap_end(&k);
	assert_int_equal(k.n, 4);
	assert_string_equal(k.v[0].notes, "");
	assert_string_equal(k.v[1].notes,
			    "line 8\nline 9\nline 10\nline 11\nline 12\nline 13\nline 14\n"
			    "line 15\nline 16\nline 17\nline 18\nline 19\n");
	assert_string_equal(k.v[2].notes, "ERROR it\n");
	assert_string_equal(k.v[3].notes, "SKIP why\n");
	assert_ptr_equal(ktap_first(&k, STEP_FAIL), &k.v[1]);
	assert_ptr_equal(ktap_first(&k, STEP_SKIP), &k.v[3]);
	assert_int_equal(k.by_status[STEP_OK], 1);
}

/* Thousands of results, and endless lines. */
static void test_bounds(void **state)
{
	_cleanup_(ktap_deinit) struct ktap k = { 0 };
	_cleanup_buf_ struct buf why = BUF_INIT;
	char text[64];

	(void)state;
	for (unsigned int i = 1; i <= KTAP_RESULTS_MAX + 7; i++)
		ktap_feed(&k, text, (size_t)snprintf(text, sizeof(text), "not ok %u x\n", i));
	for (int i = 0; i < 100000; i++)
		ktap_feed(&k, "\0#x", 3);
	ktap_end(&k);
	assert_int_equal(k.n, KTAP_RESULTS_MAX);
	assert_int_equal(k.dropped, 7);
	assert_true(ktap_lacks(&k, &why));
	assert_string_equal(buf_str(&why), "more than 5000 results");
	assert_true(k.notes.len < 4 * KTAP_LINE_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_notes),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
