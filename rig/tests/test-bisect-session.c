/* SPDX-License-Identifier: GPL-2.0-only */
/* Complete bisections of simulated kernels, with the log on disk, and interrupted ones. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/files.h"
#include "bisect/session-text.h"
#include "tests/simulated.h"

static char dir[64];

static int setup(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/daxrig-test-bisect-XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	err_free(tree_remove(dir));
	return 0;
}

static struct session_options options_of(struct simulated *w)
{
	return (struct session_options){
		.confidence = 0.99, .max_runs = 1000, .patience = 20, .runner = { simulated_run, w }
	};
}

/* The result of one call of the command. */
struct outcome_of {
	enum session_end end;
	struct bisect_answer answer;
	size_t runs, boots, log, skipped;
	char *report, *sought;
	struct err *err;
};

static void outcome_deinit(struct outcome_of *r)
{
	free(r->report);
	free(r->sought);
	err_free(r->err);
}
#define _cleanup_outcome_ _cleanup_(outcome_deinit)

/* Acts as one process: opens the log, continues, closes it. */
static struct outcome_of bisect_with(struct simulated *w, const struct session_options *o,
				     bool fixed)
{
	struct outcome_of r = { 0 };
	struct bisect_log log;
	struct candidates h;
	struct session s;
	struct buf b = BUF_INIT;

	simulated_history(&h, w->n);
	h.fixed = fixed;
	assert_null(bisect_log_open(&log, dir, "good v0\nbad vN\n", false));
	r.err = session_init(&s, &h, &log, o);
	if (!r.err)
		r.err = session_run(&s);
	if (!r.err) {
		r.end = s.end;
		bisect_best(&s.b, &r.answer);
		session_report(&s, &b);
		session_report_runs(&log, &b);
		r.runs = session_runs(&s);
		r.boots = session_boots(&s);
		r.skipped = s.b.n_skipped;
	}
	r.report = buf_take(&b);
	r.sought = sought_text(&log.sought);
	r.log = log.n;
	session_deinit(&s);
	bisect_log_close(&log);
	candidates_deinit(&h);
	return r;
}

static struct outcome_of bisect(struct simulated *w)
{
	struct session_options o = options_of(w);

	return bisect_with(w, &o, false);
}

static void forget(void)
{
	assert_null(tree_remove(dir));
	assert_int_equal(mkdir(dir, 0755), 0);
}

static void expect_text(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("'%s' is not in:\n%s", part, text);
}

/* All culprits of a small history; hardly more runs than a plain bisection and both ends. */
static void test_deterministic(void **state)
{
	(void)state;
	for (size_t culprit = 1; culprit < 33; culprit++) {
		struct simulated w = { .n = 33, .culprit = culprit, .rate = 1 };
		_cleanup_outcome_ struct outcome_of r = bisect(&w);

		assert_null(r.err);
		assert_int_equal(r.end, SESSION_FOUND);
		assert_int_equal(r.answer.first, culprit);
		assert_int_equal(r.answer.last, culprit);
		assert_true(r.answer.probability >= 0.99);
		assert_true(r.runs <= plain_runs(33) + 2 + 8);
		assert_int_equal(r.runs, w.runs);
		assert_int_equal(r.boots, w.runs);
		assert_string_equal(r.sought, SIMULATED_RULE);
		forget();
	}
}

/* At most about 1 in 100 is wrong: up to 3 of 40. */
static void test_race(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 40; seed++) {
		struct simulated w = {
			.n = 40, .culprit = 1 + seed % 39, .rate = 0.4, .seed = seed
		};
		_cleanup_outcome_ struct outcome_of r = bisect(&w);

		assert_null(r.err);
		wrong += r.end != SESSION_FOUND || r.answer.first != w.culprit;
		forget();
	}
	assert_true(wrong <= 3);
}

static const struct {
	const char *what, *manners;
	size_t culprit;
	double rate, false_rate;
	size_t patience, max_runs;
	enum session_end end;
	size_t first, last, skipped; /* with SESSION_FOUND */
	const char *report;
} histories[] = {
	{ "all is well", ".........", 4, 1, 0, 20, 1000, SESSION_FOUND, 4, 4, 0,
	  SIMULATED_RULE " came in with number 4 (v4)\nnot in number 3 (v3)\n" },
	{ "far from the culprit nothing builds", ".bb..bbb.", 4, 1, 0, 20, 1000, SESSION_FOUND, 4,
	  4, 2, "came in with number 4 (v4)" },
	{ "the culprit does not build", "....b....", 4, 1, 0, 20, 1000, SESSION_FOUND, 4, 5, 1,
	  "one of these 2 versions, which runs cannot distinguish:\n"
	  "  number 4 (v4): cc1 is not happy\n  number 5 (v5)\nnot in number 3 (v3)\n" },
	{ "the version before the culprit is unfit", "...u.....", 4, 1, 0, 20, 1000, SESSION_FOUND,
	  3, 4, 1, "number 3 (v3): it lacks CONFIG_FS_DAX" },
	{ "around the culprit nothing boots", "...tat...", 4, 1, 0, 20, 1000, SESSION_FOUND, 3, 6,
	  3, "which runs cannot distinguish" },
	{ "another splat hides the finding", "....s....", 4, 1, 0, 20, 1000, SESSION_FOUND, 4, 5, 1,
	  "number 4 (v4): another splat: BUG in other" },
	{ "the culprit boots at the second try", "ffffffff.", 4, 1, 0, 20, 1000, SESSION_FOUND, 4,
	  4, 0, "came in with number 4 (v4)" },
	{ "around the culprit another splat comes sometimes", "..ggggg..", 4, 1, 0, 20, 1000,
	  SESSION_FOUND, 4, 4, 0, "came in with number 4 (v4)" },
	{ "another failure does not count", "ooo......", 3, 1, 0, 20, 1000, SESSION_FOUND, 3, 3, 0,
	  "came in with number 3 (v3)" },
	{ "good is bad", ".........", 0, 1, 0, 20, 1000, SESSION_GOOD_IS_BAD, 0, 0, 0,
	  "the good one is bad: number 0 (v0) also shows " SIMULATED_RULE ", in " },
	{ "bad is good", ".........", 9, 1, 0, 20, 1000, SESSION_BAD_IS_GOOD, 0, 0, 0,
	  "the bad one is good: number 8 (v8) did not show any finding in 20 "
	  "runs; use another --bad, or, if it shows only sometimes, a larger --patience" },
	{ "good does not build", "b........", 4, 1, 0, 20, 1000, SESSION_END_SILENT, 0, 0, 0,
	  "the good one gives no answer: number 0 (v0): cc1 is not happy; use another --good" },
	{ "bad does not boot", "........t", 4, 1, 0, 20, 1000, SESSION_END_SILENT, 0, 0, 0,
	  "the bad one gives no answer: number 8 (v8): the agent did not speak; use another --bad" },
	{ "not enough runs", ".........", 4, 0.2, 0, 90, 7, SESSION_OUT_OF_RUNS, 0, 0, 0,
	  "not known after 7 runs; a larger --max-runs continues" },
};

static void test_histories(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(histories); i++) {
		struct simulated w = { .n = strlen(histories[i].manners),
				       .culprit = histories[i].culprit,
				       .manners = histories[i].manners,
				       .rate = histories[i].rate,
				       .false_rate = histories[i].false_rate,
				       .seed = 3 };
		struct session_options o = options_of(&w);
		o.patience = histories[i].patience;
		o.max_runs = histories[i].max_runs;
		_cleanup_outcome_ struct outcome_of r = bisect_with(&w, &o, false);

		if (r.err)
			fail_msg("%s: %s", histories[i].what, r.err->message);
		if (r.end != histories[i].end)
			fail_msg("%s: end %d\n%s", histories[i].what, r.end, r.report);
		expect_text(r.report, histories[i].report);
		if (r.end == SESSION_FOUND) {
			assert_int_equal(r.answer.first, histories[i].first);
			assert_int_equal(r.answer.last, histories[i].last);
			assert_int_equal(r.skipped, histories[i].skipped);
		}
		assert_true(w.runs <= o.max_runs);
		/* the second call finds it all in the log */
		size_t runs = w.runs;
		_cleanup_outcome_ struct outcome_of again = bisect_with(&w, &o, false);

		assert_int_equal(w.runs, runs);
		assert_string_equal(again.report, r.report);
		forget();
	}
}

/* The good one is newer: the change is the version on the good side. */
static void test_fixed(void **state)
{
	struct simulated w = { .n = 9, .culprit = 4, .rate = 1 };
	struct session_options o = options_of(&w);
	_cleanup_outcome_ struct outcome_of r = bisect_with(&w, &o, true);

	(void)state;
	assert_int_equal(r.end, SESSION_FOUND);
	expect_text(r.report,
		    SIMULATED_RULE " was fixed in number 3 (v3)\nstill in number 4 (v4)\n");
	forget();
	w.manners = "...b.....";
	_cleanup_outcome_ struct outcome_of range = bisect_with(&w, &o, true);
	expect_text(
		range.report,
		"was fixed in one of these 2 versions, which runs cannot distinguish:"
		"\n  number 3 (v3): cc1 is not happy\n  number 2 (v2)\nstill in number 4 (v4)\n");
}

static void test_max_runs_goes_on(void **state)
{
	struct simulated w = { .n = 9, .culprit = 4, .rate = 0.2, .seed = 3 };
	struct session_options o = options_of(&w);

	(void)state;
	o.patience = 90;
	o.max_runs = 7;
	_cleanup_outcome_ struct outcome_of few = bisect_with(&w, &o, false);
	assert_int_equal(few.end, SESSION_OUT_OF_RUNS);
	o.max_runs = 1000;
	_cleanup_outcome_ struct outcome_of more = bisect_with(&w, &o, false);
	assert_int_equal(more.end, SESSION_FOUND);
	assert_int_equal(more.answer.first, 4);
	assert_int_equal(more.log, w.runs);
}

/* A version is skipped after exactly three runs in a row without an answer, not three in all. */
static void test_no_answer(void **state)
{
	struct simulated w = { .n = 9, .culprit = 4, .rate = 1, .manners = "....s...." };
	_cleanup_outcome_ struct outcome_of r = bisect(&w);

	(void)state;
	assert_int_equal(w.runs_of[4], 3);
	assert_int_equal(r.skipped, 1);
	forget();
	struct simulated other = { .n = 9, .culprit = 4, .rate = 0.5, .manners = "hhhhhhhh." };
	_cleanup_outcome_ struct outcome_of often = bisect(&other);
	assert_int_equal(often.end, SESSION_FOUND);
	assert_true(other.runs_of[4] >= 5);
	assert_int_equal(often.skipped, 0);
}

static void test_plain_runs(void **state)
{
	static const size_t runs[] = {
		[2] = 0, [3] = 1, [4] = 2, [5] = 2, [6] = 3, [9] = 3, [10] = 4
	};

	(void)state;
	for (size_t n = 2; n < ARRAY_SIZE(runs); n++)
		if (runs[n] || n == 2)
			assert_int_equal(plain_runs(n), runs[n]);
}

/* Errors that end the session at once. */
static void test_errors(void **state)
{
	struct simulated w = { .n = 9, .culprit = 4, .rate = 1, .manners = "....i...." };
	const char *const skip[] = { "v4", "v9*" };
	struct session_options o = options_of(&w);
	_cleanup_outcome_ struct outcome_of r = bisect(&w);

	(void)state;
	assert_int_equal(r.err->code, ERR_INFRA);
	assert_string_equal(r.err->message, "cannot run 'v4': no room");
	assert_int_equal(r.log, w.runs - 1);
	forget();

	w.manners = "........u";
	_cleanup_outcome_ struct outcome_of bad = bisect(&w);
	assert_int_equal(bad.err->code, ERR_USAGE);
	assert_int_equal(bad.log, 0);

	w.manners = NULL;
	o.skip = skip;
	o.nr_skip = 2;
	_cleanup_outcome_ struct outcome_of none = bisect_with(&w, &o, false);
	assert_int_equal(none.err->code, ERR_USAGE);
	expect_text(none.err->message, "--skip 'v9*' matches no kernel");
	o.nr_skip = 1;
	_cleanup_outcome_ struct outcome_of skipped = bisect_with(&w, &o, false);
	assert_int_equal(w.runs_of[4], 1); /* as the very first run */
	assert_int_equal(skipped.answer.first, 4);
	assert_int_equal(skipped.answer.last, 5);
	expect_text(skipped.report, "number 4 (v4): --skip was given");
}

/* A session that is interrupted at each run, and again at the next, has the same result. */
static void test_interrupted(void **state)
{
	struct simulated w = { .n = 20, .culprit = 7, .rate = 0.6, .seed = 5 };
	_cleanup_outcome_ struct outcome_of whole = bisect(&w);
	size_t runs = w.runs;

	(void)state;
	for (size_t stop = 1; stop <= runs; stop++) {
		struct simulated cut = { .n = 20, .culprit = 7, .rate = 0.6, .seed = 5 };

		forget();
		cut.stop_at = stop;
		_cleanup_outcome_ struct outcome_of first = bisect(&cut);
		assert_int_equal(first.err->code, ERR_CANCELLED);
		assert_int_equal(first.log, stop - 1);
		/* a run's luck depends on its number: the lost run must not count */
		memset(cut.runs_of, 0, sizeof(cut.runs_of));
		struct bisect_log log;
		assert_null(bisect_log_open(&log, dir, "", false));
		for (size_t i = 0; i < log.n; i++)
			cut.runs_of[strtoul(log.runs[i].spec + 1, NULL, 10)]++;
		bisect_log_close(&log);
		_cleanup_outcome_ struct outcome_of second = bisect(&cut);
		assert_null(second.err);
		assert_int_equal(second.answer.first, whole.answer.first);
		assert_int_equal(second.log, whole.log);
		assert_string_equal(second.sought, whole.sought);
	}
}

/* The process is killed in the middle of a run. */
static void test_killed(void **state)
{
	struct simulated w = { .n = 20, .culprit = 7, .rate = 1, .stop_at = 5, .die = true };
	int status;
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		(void)bisect(&w);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	w.stop_at = 0;
	_cleanup_outcome_ struct outcome_of r = bisect(&w);
	assert_int_equal(r.end, SESSION_FOUND);
	assert_int_equal(r.answer.first, 7);
	assert_int_equal(r.log, w.runs + 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_deterministic, setup, teardown),
		cmocka_unit_test_setup_teardown(test_race, setup, teardown),
		cmocka_unit_test_setup_teardown(test_histories, setup, teardown),
		cmocka_unit_test_setup_teardown(test_fixed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_max_runs_goes_on, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_answer, setup, teardown),
		cmocka_unit_test(test_plain_runs),
		cmocka_unit_test_setup_teardown(test_errors, setup, teardown),
		cmocka_unit_test_setup_teardown(test_interrupted, setup, teardown),
		cmocka_unit_test_setup_teardown(test_killed, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
