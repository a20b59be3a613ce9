/* SPDX-License-Identifier: GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/files.h"
#include "reports/record/run-json.h"

/* A record as it is written. */
static char *written(void)
{
	struct case_record *rec = case_record_create("xfs/punch\033[2J");
	struct run_record run = { .version = "0.1",
				  .started = "2026-11-20T10:53:01+0100",
				  .plan_name = "quick",
				  .accel = "tcg",
				  .kernel_spec = "deb:6.1",
				  .kernel_release = "6.1.0",
				  .kernel_image = "/k/vmlinuz",
				  .image_key = "abc",
				  .geometry = "memory=1G",
				  .known_list = "/x/known.txt",
				  .planned = 7,
				  .cases = &rec,
				  .case_count = 1,
				  .duration_ns = 2000000000,
				  .complete = true };
	char *text;

	rec->timing = (struct case_timing){ 1, 2, 3, 4, 5, 6 };
	rec->duration_ns = 77;
	case_record_add_step(rec,
			     &(struct case_step){ .line = 8, .step = (char *)"sync", .ns = 1 });
	case_record_add_step(
		rec, &(struct case_step){ .line = 9, .step = (char *)"repeat  200", .ns = 5 });
	case_record_add_step(rec, &(struct case_step){ .line = 12, .step = (char *)"repeat no" });
	case_record_add_step(rec, &(struct case_step){ .line = 13,
						       .status = STEP_FAIL,
						       .step = (char *)"check a",
						       .rule = (char *)"content.file",
						       .expected = (char *)"e",
						       .found = (char *)"f" });
	case_record_see(rec, ORACLE_LEDGER, SIGHT_LACKING, "no BTF");
	case_record_add_evidence(rec, "tasks", "cases/1/tasks", NULL);
	case_record_add_error(rec, "broken");
	case_record_judge(rec);
	text = run_json_text(&run);
	case_record_destroy(rec);
	return text;
}

static void test_back(void **state)
{
	_cleanup_free_ char *text = written();
	struct run_summary s;

	(void)state;
	assert_null(run_json_parse("x", text, strlen(text), &s));
	assert_string_equal(s.kernel_release, "6.1.0");
	assert_string_equal(s.kernel_spec, "deb:6.1");
	assert_string_equal(s.kernel_image, "/k/vmlinuz");
	assert_string_equal(s.image_key, "abc");
	assert_string_equal(s.plan, "quick");
	assert_string_equal(s.accel, "tcg");
	assert_string_equal(s.geometry, "memory=1G");
	assert_string_equal(s.known_list, "/x/known.txt");
	assert_int_equal(s.planned, 7);
	assert_string_equal(s.end_reason, "");
	assert_true(s.complete);
	assert_true(s.duration_ns == 2000000000);
	assert_int_equal(s.case_count, 1);
	assert_int_equal(s.cases[0]->verdict, VERDICT_ERROR);
	assert_string_equal(s.cases[0]->name, "xfs/punch\\x1b[2J");
	assert_non_null(strstr(s.cases[0]->reason, "broken"));
	assert_int_equal(s.cases[0]->duration_ns, 77);
	assert_memory_equal(&s.cases[0]->timing, &((struct case_timing){ 1, 2, 3, 4, 5, 6 }),
			    sizeof(struct case_timing));
	assert_int_equal(s.cases[0]->step_count, 4);
	assert_string_equal(s.cases[0]->steps[1].step, "repeat  200");
	assert_int_equal(s.cases[0]->steps[1].line, 9);
	assert_int_equal(s.cases[0]->steps[1].ns, 5);
	assert_int_equal(s.cases[0]->error_count, 1);
	assert_string_equal(s.cases[0]->errors[0], "broken");
	assert_int_equal(s.cases[0]->evidence_count, 2);
	assert_string_equal(s.cases[0]->evidence[0].name, EVIDENCE_LOST);
	assert_string_equal(s.cases[0]->evidence[0].text, "ledger: no BTF");
	assert_string_equal(s.cases[0]->evidence[1].path, "cases/1/tasks");
	assert_int_equal(s.cases[0]->finding_count, 1);
	assert_string_equal(s.cases[0]->findings[0].rule, "content.file");
	assert_int_equal(s.cases[0]->findings[0].line, 13);
	assert_string_equal(s.cases[0]->findings[0].expected, "e");
	assert_null(s.cases[0]->findings[0].detail);
	run_summary_deinit(&s);
}

/* A record that is cut anywhere before its last newline is an error of one line. */
static void test_cut(void **state)
{
	_cleanup_free_ char *text = written();
	struct run_summary s;

	(void)state;
	for (size_t len = 0; len + 1 < strlen(text); len++) {
		_cleanup_err_ struct err *err = run_json_parse("x", text, len, &s);

		if (!err)
			fail_msg("a record of %zu bytes was read", len);
		assert_null(strchr(err->message, '\n'));
		assert_true(strlen(err->message) < 300);
		assert_null(s.cases);
	}
}

#define CASES(list) "{\"format\":1,\"cases\":[" list "]}"
#define CASE(more) CASES("{\"name\":\"a\",\"verdict\":\"pass\"" more "}")

static const struct {
	const char *text;
	const char *why; /* the error; NULL: none */
} texts[] = {
	{ CASE(""), NULL },
	{ CASES(""), NULL },
	{ CASE(",\"timing\":{\"fork_ns\":5}"), NULL },
	/* values of a wrong type, or out of range, are ignored */
	{ CASE(",\"timing\":7,\"reason\":[1],\"duration_ns\":\"x\""), NULL },
	{ CASE(",\"timing\":{\"fork_ns\":-5,\"steps_ns\":1e300}"), NULL },
	{ "{\"format\":1,\"kernel\":[],\"plan\":3,\"end\":{},\"cases\":[]}", NULL },
	{ "", "cannot read" },
	{ "hello", "cannot read" },
	{ "\033[2J", "cannot read" },
	{ "\"\\u0000\"", "cannot read" },
	{ "[]", "no format" },
	{ "7", "cannot read" },
	{ "{\"cases\":[]}", "no format" },
	{ "{\"format\":\"1\",\"cases\":[]}", "no format" },
	{ "{\"format\":2,\"cases\":[]}", "of format 2" },
	{ "{\"format\":1}", "no cases" },
	{ "{\"format\":1,\"cases\":{}}", "no cases" },
	{ "{\"format\":1,\"format\":1,\"cases\":[]}", "cannot read" },
	{ CASES("7"), "case 1" },
	{ CASES("{\"name\":\"a\"}"), "case 1" },
	{ CASES("{\"verdict\":\"pass\"}"), "case 1" },
	{ CASES("{\"name\":\"a\",\"verdict\":\"pass\"},{\"name\":\"a\",\"verdict\":\"maybe\"}"),
	  "case 2" },
	{ CASE("") "garbage", "cannot read" },
	{ CASE(",\"x\":99999999999999999999999"), "cannot read" },
};

/* A renderer counts up to it; an older record lacks it, and a hostile one has any number. */
static const struct {
	const char *cases;
	size_t planned;
} plans[] = {
	{ "2", 2 }, { "0", 1 }, { "-1", 1 }, { "\"9\"", 1 }, { "9223372036854775807", 100000 },
};

static void test_planned(void **state)
{
	struct run_summary s;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(plans); i++) {
		_cleanup_free_ char *text = xasprintf(
			"{\"format\":1,\"plan\":{\"cases\":%s},\"cases\":[{\"name\":\"a\","
			"\"verdict\":\"pass\"}]}",
			plans[i].cases);

		assert_null(run_json_parse("x", text, strlen(text), &s));
		assert_int_equal(s.planned, plans[i].planned);
		run_summary_deinit(&s);
	}
}

static void test_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct run_summary s;
		_cleanup_err_ struct err *err = run_json_parse("x", texts[i].text,
							       strlen(texts[i].text), &s);

		if (!texts[i].why && err)
			fail_msg("text %zu: %s", i, err->message);
		if (texts[i].why && !err)
			fail_msg("text %zu was read", i);
		if (texts[i].why && !strstr(err->message, texts[i].why))
			fail_msg("text %zu: '%s'", i, err->message);
		for (const char *p = err ? err->message : ""; *p; p++)
			assert_true(*p >= ' ' && *p < 0x7f);
		run_summary_deinit(&s);
	}
}

/* Deep nesting, or too many cases, is an error. */
static void test_many(void **state)
{
	_cleanup_buf_ struct buf deep = BUF_INIT, wide = BUF_INIT;
	struct run_summary s;
	struct err *err;

	(void)state;
	for (int i = 0; i < 1000000; i++)
		buf_addc(&deep, '[');
	err = run_json_parse("x", deep.data, deep.len, &s);
	assert_non_null(err);
	err_free(err);
	buf_adds(&wide, "{\"format\":1,\"cases\":[0");
	for (unsigned int i = 0; i < RUN_JSON_CASES_MAX; i++)
		buf_adds(&wide, ",0");
	buf_adds(&wide, "]}");
	err = run_json_parse("x", wide.data, wide.len, &s);
	assert_non_null(err);
	assert_non_null(strstr(err->message, "more than"));
	err_free(err);
}

/* No file, a folder, and a pipe, which must not block the reader. */
static void test_files(void **state)
{
	char dir[] = "/tmp/test-run-read-XXXXXX";
	_cleanup_free_ char *none = NULL, *fifo = NULL;
	const char *paths[3];

	(void)state;
	assert_non_null(mkdtemp(dir));
	none = xasprintf("%s/none", dir);
	fifo = xasprintf("%s/fifo", dir);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	paths[0] = dir;
	paths[1] = none;
	paths[2] = fifo;
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		struct run_summary s;
		struct err *err = run_json_read(paths[i], &s);

		assert_non_null(err);
		err_free(err);
	}
	assert_null(tree_remove(dir));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_back),  cmocka_unit_test(test_cut),
		cmocka_unit_test(test_texts), cmocka_unit_test(test_many),
		cmocka_unit_test(test_files), cmocka_unit_test(test_planned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
