/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Real guests report about themselves: forks of one template have different identities and
 * the current time. Run from the top of the tree.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>

#include "base/files.h"
#include "base/program.h"

#define OUT "build/tests/fork-out"
#define CASES_MAX 8
#define CLOCK_MS 1000
#define RUN_MS 300000
#define CONSOLE_MAX (1u << 20)

struct fact {
	int number;
	char host[80], random[24];
	long long clock_ms;
	bool booted; /* its console shows the kernel's first line */
};

/* A guest that was saved for hours must not report that it hung. */
static const char *const alarms[] = { "soft lockup", "detected stall", "self-detected stall",
				      "clocksource", "blocked for more than" };

static void look_at_console(struct fact *f)
{
	_cleanup_free_ char *path = xasprintf(OUT "/runs/latest/guests/console-%d.log", f->number);
	_cleanup_buf_ struct buf text = BUF_INIT;

	assert_null(file_read(path, CONSOLE_MAX, &text));
	f->booted = strstr(buf_str(&text), "Linux version") != NULL;
	for (size_t i = 0; i < ARRAY_SIZE(alarms) && !f->booted; i++)
		if (strstr(buf_str(&text), alarms[i]))
			fail_msg("guest %d says '%s'", f->number, alarms[i]);
}

static void read_fact(json_t *of_case, struct fact *f)
{
	json_t *o = json_object_get(of_case, "guest");
	const char *host = json_string_value(json_object_get(o, "host"));
	const char *random = json_string_value(json_object_get(o, "random"));

	assert_non_null(host);
	assert_non_null(random);
	f->number = (int)json_integer_value(json_object_get(o, "number"));
	f->clock_ms = json_integer_value(json_object_get(o, "clock_offset_ms"));
	snprintf(f->host, sizeof(f->host), "%s", host);
	snprintf(f->random, sizeof(f->random), "%s", random);
	look_at_console(f);
}

/* Runs the xfs cases @words with a guest for each; returns the number of facts. */
static size_t run(const char *words, struct fact facts[static CASES_MAX])
{
	_cleanup_free_ char *line = xasprintf("./daxrig run --jobs 1 --out " OUT " %s", words);
	const char *argv[] = { "sh", "-c", line, NULL };
	_cleanup_buf_ struct buf out = BUF_INIT;
	_cleanup_err_ struct err *err = run_program(argv, RUN_MS, &out);
	json_t *root, *cases;
	size_t n;

	if (err)
		fail_msg("%s: %s\n%s", line, err->message, buf_str(&out));
	root = json_load_file(OUT "/runs/latest/run.json", 0, NULL);
	cases = json_object_get(root, "cases");
	n = json_array_size(cases);
	assert_in_range(n, 1, CASES_MAX);
	for (size_t i = 0; i < n; i++)
		read_fact(json_array_get(cases, i), &facts[i]);
	json_decref(root);
	return n;
}

static void check(const struct fact *f, size_t n, bool booted)
{
	for (size_t i = 0; i < n; i++) {
		_cleanup_free_ char *host = xasprintf("daxrig-%d", f[i].number);

		assert_int_equal(f[i].booted, booted);
		assert_string_equal(f[i].host, host);
		assert_int_equal(strlen(f[i].random), 16);
		assert_string_not_equal(f[i].random, "0000000000000000");
		if (f[i].clock_ms < -CLOCK_MS || f[i].clock_ms > CLOCK_MS)
			fail_msg("guest %d is %lld ms off", f[i].number, f[i].clock_ms);
		for (size_t k = 0; k < i; k++) {
			assert_int_not_equal(f[i].number, f[k].number);
			assert_string_not_equal(f[i].random, f[k].random);
		}
	}
}

#define THREE "xfs/refused/uring xfs/refused/rdma-plain xfs/punch-waits/vmsplice"

static void test_forks(void **state)
{
	struct fact facts[2 * CASES_MAX];
	size_t n = run(THREE, facts);

	(void)state;
	assert_int_equal(n, 3);
	check(facts, n, false);
	/* The second run uses the template of the first, and gives the same numbers. */
	assert_int_equal(run(THREE, facts + n), n);
	check(facts + n, n, false);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n; k++)
			assert_string_not_equal(facts[i].random, facts[n + k].random);
}

static void test_booted(void **state)
{
	struct fact facts[CASES_MAX];

	(void)state;
	check(facts, run("--no-fork xfs/refused/uring", facts), true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forks),
		cmocka_unit_test(test_booted),
	};

	return cmocka_run_group_tests_name("fork", tests, NULL, NULL);
}
