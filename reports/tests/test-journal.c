// SPDX-License-Identifier: GPL-2.0-only
/* The journal of a run: written, cut anywhere, read with run.json, and its lock. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/files.h"
#include "reports/record/journal.h"
#include "reports/record/run-json.h"
#include "tests/scratch.h"

static struct case_record *case_new(const char *name, bool fails)
{
	struct case_record *rec = case_record_create(name);
	struct splat *splat = xcalloc(1, sizeof(*splat));

	rec->guest_end = GUEST_END_FINE;
	rec->end_seen = true;
	rec->started_ns = 7000000000;
	rec->duration_ns = 2000000000;
	rec->window_ms = 60;
	rec->guest = (struct case_guest){ 3, "host\033", "00ff", -7 };
	case_record_add_step(rec,
			     &(struct case_step){ .line = 8, .step = (char *)"sync", .ns = 1 });
	if (fails) {
		splat->title = xstrdup("WARNING in f");
		splat->excerpt = xstrdup("a\nb \"\n");
		case_record_add_splat(rec, splat);
	} else {
		splat_destroy(splat);
	}
	case_record_judge(rec);
	return rec;
}

static void add_case(struct journal *j, const char *name, bool fails)
{
	struct case_record *rec = case_new(name, fails);

	ok(journal_case(j, rec));
	case_record_destroy(rec);
}

/* run.json of a run that goes on, whose plan has five cases, the first of which is in it. */
static char *put_record(const char *dir, unsigned int generation)
{
	struct case_record *rec = case_new("xfs/e", false);
	struct run_record run = { .version = "0.1",
				  .started = "2026-11-20T10:53:01+0100",
				  .plan_name = "quick",
				  .plan_text = "xfs/a\nxfs/b#1\nxfs/c\nxfs/d\nxfs/e\n",
				  .planned = 5,
				  .notes = (const char *const[]){ "slow", NULL },
				  .duration_ns = 1000000000,
				  .journal = generation,
				  .cases = &rec,
				  .case_count = 1 };
	char *path = xasprintf("%s/run.json", dir);

	ok(run_json_write(&run, path));
	case_record_destroy(rec);
	return path;
}

/* In the order in which they ended. */
static void put_journal(const char *dir, unsigned int generation)
{
	struct journal j;

	ok(journal_lock(&j, dir));
	ok(journal_start(&j, generation, 5));
	ok(journal_begin(&j, "xfs/d"));
	ok(journal_begin(&j, "xfs/a"));
	add_case(&j, "xfs/d", true);
	ok(journal_note(&j, "slow"));
	ok(journal_note(&j, "booting \033[2J"));
	add_case(&j, "xfs/a", false);
	ok(journal_begin(&j, "xfs/c"));
	journal_unlock(&j);
}

static void test_lines(void **state)
{
	static const enum journal_kind kinds[] = { JOURNAL_HEAD,   JOURNAL_BEGIN, JOURNAL_BEGIN,
						   JOURNAL_CASE,   JOURNAL_NOTE,  JOURNAL_NOTE,
						   JOURNAL_CASE,   JOURNAL_BEGIN, JOURNAL_NOTHING,
						   JOURNAL_NOTHING };
	struct journal_reader r;
	struct journal_line line;

	put_journal(*state, 3);
	ok(journal_reader_open(&r, *state, true));
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		ok(journal_next(&r, &line));
		assert_int_equal(line.kind, kinds[i]);
		if (i == 0) {
			assert_int_equal(line.generation, 3);
			assert_int_equal(line.pid, getpid());
			assert_int_equal(line.elapsed_ns, 5);
		}
		if (i == 3) {
			assert_string_equal(line.rec->name, "xfs/d");
			assert_int_equal(line.rec->verdict, VERDICT_FAIL);
			assert_non_null(strstr(line.rec->raw, "WARNING in f"));
		}
		if (i == 5)
			assert_string_equal(line.text, "booting \\x1b[2J");
		if (i == 7)
			assert_string_equal(line.text, "xfs/c");
		journal_line_deinit(&line);
	}
	journal_reader_close(&r);
}

/* A killed run: both files make one record, in the plan's order. */
static void test_killed(void **state)
{
	static const char *const names[] = { "xfs/a", "xfs/d", "xfs/e" };
	_cleanup_free_ char *path = put_record(*state, 3);
	struct run_summary s, head;

	put_journal(*state, 3);
	ok(run_json_read(path, &s));
	assert_false(s.complete);
	assert_int_equal(s.case_count, 3);
	for (size_t i = 0; i < s.case_count; i++)
		assert_string_equal(s.cases[i]->name, names[i]);
	assert_int_equal(s.counts[VERDICT_PASS], 2);
	assert_int_equal(s.counts[VERDICT_FAIL], 1);
	assert_int_equal(s.planned, 5);
	assert_int_equal(s.nr_notes, 2);
	assert_string_equal(s.notes[1], "booting \\x1b[2J");
	/* to the end of the last case */
	assert_true(s.duration_ns == 9000000000);
	ok(run_json_read_head(path, &head));
	assert_int_equal(head.case_count, 0);
	assert_memory_equal(head.counts, s.counts, sizeof(s.counts));
	assert_int_equal(head.planned, 5);
	assert_string_equal(head.plan_text, "");
	run_summary_deinit(&s);
	run_summary_deinit(&head);
}

/* Between the two writes of a resumed run the journal is another generation's: it has nothing. */
static void test_generation(void **state)
{
	static const struct {
		unsigned int record, journal;
		size_t cases;
	} rows[] = { { 3, 3, 3 }, { 4, 3, 1 }, { 2, 3, 1 }, { 0, 3, 1 } };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *path = put_record(*state, rows[i].record);
		struct run_summary s, head;

		put_journal(*state, rows[i].journal);
		ok(run_json_read(path, &s));
		ok(run_json_read_head(path, &head));
		assert_int_equal(s.case_count, rows[i].cases);
		assert_memory_equal(head.counts, s.counts, sizeof(s.counts));
		run_summary_deinit(&s);
		run_summary_deinit(&head);
	}
}

/* Cut anywhere, it has the cases whose lines are whole, and is no error. */
static void test_torn(void **state)
{
	_cleanup_free_ char *path = put_record(*state, 3);
	_cleanup_free_ char *journal = xasprintf("%s/" JOURNAL_NAME, (char *)*state);
	_cleanup_buf_ struct buf all = BUF_INIT;
	size_t cases = 1, lines = 0;

	put_journal(*state, 3);
	ok(file_read(journal, 1 << 20, &all));
	for (size_t len = 0; len <= all.len; len++) {
		struct run_summary s;

		if (len && all.data[len - 1] == '\n') {
			lines++;
			cases += lines == 4 || lines == 7;
		}
		ok(file_write_atomic(journal, all.data, len));
		ok(run_json_read(path, &s));
		if (s.case_count != cases)
			fail_msg("cut to %zu bytes it has %zu cases, not %zu", len, s.case_count,
				 cases);
		run_summary_deinit(&s);
	}
	assert_int_equal(cases, 3);
}

/* What is read to be written again is the same to the byte: also what no reader knows. */
static void test_raw(void **state)
{
	_cleanup_free_ char *path = put_record(*state, 1);
	struct case_record *rec = case_new("xfs/d", true);
	_cleanup_free_ char *before = run_json_case_text(rec), *after = NULL;
	struct run_summary s;
	struct journal j;

	ok(journal_lock(&j, *state));
	ok(journal_start(&j, 1, 0));
	ok(journal_case(&j, rec));
	journal_unlock(&j);
	ok(run_json_read_raw(path, &s));
	assert_string_equal(s.cases[0]->name, "xfs/d");
	after = run_json_case_text(s.cases[0]);
	assert_string_equal(before, after);
	run_summary_deinit(&s);
	case_record_destroy(rec);
}

static const struct {
	const char *text, *why;
} bad[] = {
	{ "x\n", "line 2 is not" },
	{ "{}\n", "line 2 is not" },
	{ "[1]\n", "line 2 is not" },
	{ "{\"name\":\"a\"}\n", "line 2 is not" },
	{ "{\"name\":\"a\",\"verdict\":\"maybe\"}\n", "line 2 is not" },
	{ "{\"begin\":\"a\"}\n\n", "line 3 is not" },
	{ "{\"begin\":\"a\",\"begin\":\"b\"}\n", "line 2 is not" },
};

static void test_bad(void **state)
{
	_cleanup_free_ char *path = put_record(*state, 1);

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		_cleanup_free_ char *text = xasprintf("{\"journal\":1}\n%s", bad[i].text);
		struct run_summary s;
		_cleanup_err_ struct err *err = NULL;

		put_bytes(*state, JOURNAL_NAME, text, strlen(text));
		err = run_json_read(path, &s);
		if (!err || !strstr(err->message, bad[i].why))
			fail_msg("'%s': %s", bad[i].text, err ? err->message : "it is read");
	}
}

static void test_lock(void **state)
{
	_cleanup_free_ char *path = xasprintf("%s/" JOURNAL_NAME, (char *)*state);
	_cleanup_err_ struct err *err = NULL, *early = NULL;
	struct journal j, other;

	assert_false(journal_is_held(*state));
	ok(journal_lock(&j, *state));
	assert_true(journal_is_held(*state));
	early = journal_lock(&other, *state);
	assert_non_null(strstr(early->message, "in use by another process"));
	ok(journal_start(&j, 1, 0));
	err = journal_lock(&other, *state);
	assert_non_null(err);
	assert_int_equal(err->code, ERR_USAGE);
	assert_non_null(strstr(err->message, "still running, as process"));
	/* a journal with lines stays, and can be locked again */
	journal_unlock(&j);
	assert_false(journal_is_held(*state));
	assert_true(path_exists(path));
	ok(journal_lock(&j, *state));
	journal_end(&j);
	assert_false(path_exists(path));
	/* one without a line is only a lock */
	ok(journal_lock(&j, *state));
	journal_unlock(&j);
	assert_false(path_exists(path));
}

/* A write that fails in the middle of a line leaves the lines before it, and room for more. */
static void test_full(void **state)
{
	struct rlimit was, little;
	_cleanup_err_ struct err *err = NULL;
	struct case_record *rec = case_new("xfs/b", true);
	struct journal_reader r;
	struct journal_line line;
	struct journal j;

	signal(SIGXFSZ, SIG_IGN);
	ok(journal_lock(&j, *state));
	ok(journal_start(&j, 1, 0));
	getrlimit(RLIMIT_FSIZE, &was);
	little = (struct rlimit){ j.size + 20, was.rlim_max };
	setrlimit(RLIMIT_FSIZE, &little);
	err = journal_case(&j, rec);
	setrlimit(RLIMIT_FSIZE, &was);
	assert_non_null(err);
	ok(journal_begin(&j, "xfs/c"));
	journal_unlock(&j);
	ok(journal_reader_open(&r, *state, false));
	ok(journal_next(&r, &line));
	assert_int_equal(line.kind, JOURNAL_HEAD);
	journal_line_deinit(&line);
	ok(journal_next(&r, &line));
	assert_int_equal(line.kind, JOURNAL_BEGIN);
	journal_line_deinit(&line);
	journal_reader_close(&r);
	case_record_destroy(rec);
}

/* Heads as older or other programs wrote them. */
static const struct {
	const char *text;
	size_t planned, passes;
} heads[] = {
	{ "{\n \"format\": 1,\n \"counts\": {\n  \"pass\": 2\n },\n \"plan\": {\n  \"name\": \"q\",\n"
	  "  \"text\": \"a\\nb\\\\n\\nc\\n\"\n },\n \"cases\": [\n  garbage",
	  3, 2 },
	{ "{\n \"format\": 1,\n \"plan\": {\n  \"text\": null,\n  \"name\": \"q\"\n },\n \"cases\": [\n ]\n}\n",
	  0, 0 },
	{ "{\n \"format\": 1,\n \"plan\": {\n  \"cases\": 7,\n  \"text\": \"\"\n },\n \"cases\": []\n}\n",
	  7, 0 },
	/* on one line: all of it is read */
	{ "{\"format\":1,\"plan\":{\"text\":\"a\\nb\\n\"},\"cases\":[{\"name\":\"a\","
	  "\"verdict\":\"pass\"}]}",
	  2, 1 },
};

static void test_heads(void **state)
{
	_cleanup_free_ char *path = xasprintf("%s/run.json", (char *)*state);

	for (size_t i = 0; i < ARRAY_SIZE(heads); i++) {
		struct run_summary s;

		ok(file_write_atomic(path, heads[i].text, strlen(heads[i].text)));
		ok(run_json_read_head(path, &s));
		if (s.planned != heads[i].planned || s.counts[VERDICT_PASS] != heads[i].passes)
			fail_msg("head %zu: %zu planned, %zu passed", i, s.planned,
				 s.counts[VERDICT_PASS]);
		run_summary_deinit(&s);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_lines), TEST(test_killed), TEST(test_generation),
		TEST(test_torn),  TEST(test_raw),    TEST(test_bad),
		TEST(test_lock),  TEST(test_full),   TEST(test_heads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
