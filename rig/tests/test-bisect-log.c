/* SPDX-License-Identifier: GPL-2.0-only */
/* The log of a bisection: what was written is read again, also after a crash. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/files.h"
#include "bisect/log.h"

static char dir[64];
static char path[80];

static int setup(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/daxrig-test-log-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/log", dir);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	err_free(tree_remove(dir));
	return 0;
}

static const struct log_run runs[] = {
	{ (char *)"deb:6.12", OUTCOME_SHOWN, 1, 1795274021, (char *)"/runs/1", (char *)"it did" },
	{ (char *)"tree:/a b@c", OUTCOME_UNFIT, 0, 1, NULL, (char *)"two\nlines,\ta tab\\" },
	{ (char *)"v3", OUTCOME_NOT_SHOWN, 12, 2, (char *)"/runs/2", NULL },
};

static const struct sought sought = { (char *)"splat", (char *)"WARNING in f" };

/* Writes a log with all runs. */
static void write_log(void)
{
	struct bisect_log log;

	assert_null(bisect_log_open(&log, dir, "good a\nbad b\tc\n", false));
	assert_null(bisect_log_run(&log, &runs[0]));
	assert_null(bisect_log_seek(&log, &sought));
	assert_null(bisect_log_run(&log, &runs[1]));
	assert_null(bisect_log_run(&log, &runs[2]));
	bisect_log_close(&log);
}

static void check_runs(const struct bisect_log *log, size_t n)
{
	assert_int_equal(log->n, n);
	for (size_t i = 0; i < n; i++) {
		_cleanup_free_ char *spec = log_field(runs[i].spec);
		_cleanup_free_ char *why = log_field(runs[i].why ? runs[i].why : "");

		assert_string_equal(log->runs[i].spec, spec);
		assert_string_equal(log->runs[i].why, why);
		assert_string_equal(log->runs[i].folder, runs[i].folder ? runs[i].folder : "");
		assert_int_equal(log->runs[i].outcome, runs[i].outcome);
		assert_int_equal(log->runs[i].guests, runs[i].guests);
		assert_int_equal(log->runs[i].time, runs[i].time);
	}
}

static void test_read_back(void **state)
{
	struct bisect_log log;

	(void)state;
	write_log();
	assert_null(bisect_log_open(&log, dir, "not written again", false));
	check_runs(&log, 3);
	assert_string_equal(log.sought.rule, "splat");
	assert_string_equal(log.sought.title, "WARNING in f");
	bisect_log_close(&log);
}

/* A crash may truncate the file anywhere: whole lines count, and new ones follow them. */
static void test_cut(void **state)
{
	_cleanup_buf_ struct buf whole = BUF_INIT;

	(void)state;
	write_log();
	assert_null(file_read(path, 1 << 20, &whole));
	for (size_t len = 0; len <= whole.len; len++) {
		struct bisect_log log;
		size_t n = 0, lines = 0;

		for (size_t i = 0; i < len; i++)
			lines += whole.data[i] == '\n';
		/* the head has three lines; the "seek" line follows the first run */
		n = lines < 4 ? 0 : lines < 6 ? 1 : lines - 4;
		assert_null(file_write_atomic(path, whole.data, len));
		assert_null(bisect_log_open(&log, dir, "good a\n", false));
		check_runs(&log, n);
		assert_int_equal(sought_known(&log.sought), lines >= 5);
		assert_null(bisect_log_run(&log, &runs[0]));
		bisect_log_close(&log);
		assert_null(bisect_log_open(&log, dir, "", false));
		assert_int_equal(log.n, n + 1);
		assert_string_equal(log.runs[n].spec, runs[0].spec);
		bisect_log_close(&log);
	}
}

/* Some filesystems leave zeroes where the end of a file was not written. */
static void test_zeroes(void **state)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct bisect_log log;

	(void)state;
	write_log();
	assert_null(file_read(path, 1 << 20, &text));
	for (int i = 0; i < 100; i++)
		buf_addc(&text, '\0');
	buf_adds(&text, "\nrun\n");
	assert_null(file_write_atomic(path, text.data, text.len));
	assert_null(bisect_log_open(&log, dir, "", false));
	check_runs(&log, 3);
	bisect_log_close(&log);
}

static const struct {
	const char *text, *error;
} damaged[] = {
	{ "daxrig-bisect 2\n", "line 1 is damaged" },
	{ "daxrig-bisect 1\n\n", "line 2 is damaged" },
	{ "daxrig-bisect 1\nask\tx\nfoo\tx\n", "line 3 is damaged" },
	{ "daxrig-bisect 1\nrun\tv\tshown\t1\t2\t/f\n", "line 2 is damaged" },
	{ "daxrig-bisect 1\nrun\tv\tshown\t1\t2\t/f\tw\tx\n", "line 2 is damaged" },
	{ "daxrig-bisect 1\nrun\tv\tshown\t1\t2\t/f\tw\tx\ty\tz\n", "line 2 is damaged" },
	{ "daxrig-bisect 1\nrun\tv\tshowed\t1\t2\t/f\tw\n", "line 2 is damaged" },
	{ "daxrig-bisect 1\nrun\tv\tshown\t-1\t2\t/f\tw\n", "line 2 is damaged" },
	{ "daxrig-bisect 1\nrun\tv\tshown\t1\t\t/f\tw\n", "line 2 is damaged" },
	{ "daxrig-bisect 1\nseek\tsplat\n", "line 2 is damaged" },
	{ "daxrig-bisect 1\nseek\tsplat\t-\n", NULL },
	{ "daxrig-bisect 1\nrun\tv\tshown\t1\t2\t\t\n", NULL },
};

static void test_damaged(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(damaged); i++) {
		struct bisect_log log;

		assert_null(file_write_atomic(path, damaged[i].text, strlen(damaged[i].text)));
		_cleanup_err_ struct err *err = bisect_log_open(&log, dir, "", false);
		_cleanup_buf_ struct buf after = BUF_INIT;

		bisect_log_close(&log);
		if (!err != !damaged[i].error || (err && !strstr(err->message, damaged[i].error)))
			fail_msg("row %zu: %s", i, err ? err->message : "no error");
		/* a damaged log is not changed */
		assert_null(file_read(path, 1 << 20, &after));
		assert_string_equal(buf_str(&after), damaged[i].text);
	}
}

static void test_restart(void **state)
{
	_cleanup_free_ char *old = xasprintf("%s.old", path);
	_cleanup_buf_ struct buf text = BUF_INIT, kept = BUF_INIT, now = BUF_INIT;
	struct bisect_log log;

	(void)state;
	write_log();
	assert_null(file_read(path, 1 << 20, &text));
	assert_null(bisect_log_open(&log, dir, "good x\n", true));
	assert_int_equal(log.n, 0);
	assert_false(sought_known(&log.sought));
	bisect_log_close(&log);
	assert_null(file_read(old, 1 << 20, &kept));
	assert_string_equal(buf_str(&kept), buf_str(&text));
	assert_null(file_read(path, 1 << 20, &now));
	assert_string_equal(buf_str(&now), "daxrig-bisect 1\nask\tgood x\n");
}

static void test_two(void **state)
{
	struct bisect_log one, two;
	struct err *err;

	(void)state;
	assert_null(bisect_log_open(&one, dir, "", false));
	err = bisect_log_open(&two, dir, "", true);
	assert_non_null(err);
	assert_int_equal(err->code, ERR_USAGE);
	assert_non_null(strstr(err->message, "another daxrig uses it"));
	err_free(err);
	bisect_log_close(&two);
	assert_null(bisect_log_run(&one, &runs[0]));
	bisect_log_close(&one);
	assert_null(bisect_log_open(&two, dir, "", false));
	check_runs(&two, 1);
	bisect_log_close(&two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_read_back, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cut, setup, teardown),
		cmocka_unit_test_setup_teardown(test_zeroes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_damaged, setup, teardown),
		cmocka_unit_test_setup_teardown(test_restart, setup, teardown),
		cmocka_unit_test_setup_teardown(test_two, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
