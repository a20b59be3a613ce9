// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include <jansson.h>

#include "base/files.h"
#include "reports/record/json-set.h"
#include "reports/record/run-json.h"

static const char *const argv[] = { "daxrig", "run", "--plan",
				    "qui\xff"
				    "ck",
				    NULL };
static const struct name_value libraries[] = { { "jansson", "2.14" } };

static struct run_record run_new(struct case_record **cases, size_t n)
{
	return (struct run_record){
		.version = "0.1",
		.started = "2026-11-20T10:53:01+01:00",
		.argv = argv,
		.seed = 0xfedcba9876543210ull,
		.plan_name = "quick",
		.libraries = libraries,
		.libraries_count = 1,
		.kernel_release = "6.1.0-56-amd64",
		.cases = cases,
		.case_count = n,
	};
}

static json_t *parse(const struct run_record *run)
{
	_cleanup_free_ char *s = run_json_text(run);
	json_error_t error;
	json_t *root = json_loads(s, 0, &error);

	if (!root)
		print_error("%s\n", error.text);
	assert_non_null(root);
	return root;
}

static const char *str(json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

static void test_whole(void **state)
{
	struct case_record *rec = case_record_create("xfs/punch-rdma");
	struct run_record run = run_new(&rec, 1);
	struct splat *splat = xcalloc(1, sizeof(*splat));
	json_t *root, *c;

	(void)state;
	run.notes = (const char *const[]){ "no \033 room", NULL };
	splat->title = xstrdup("WARNING in f");
	splat->excerpt = xstrdup("a\nb\n");
	case_record_add_splat(rec, splat);
	case_record_add_step(rec, &(struct case_step){ .line = 7,
						       .status = STEP_FAIL,
						       .rule = (char *)"contract.waits",
						       .error = 4,
						       .ns = 123 });
	case_record_add_step(rec, &(struct case_step){ .line = 8, .test = 3, .status = STEP_SKIP });
	case_record_add_evidence(rec, "sysrq-w", "cases/001-x/sysrq-w", NULL);
	rec->guest = (struct case_guest){ 3, "host\033", "00ff", -7 };
	rec->window_ms = 60;
	rec->guest_end = GUEST_END_FINE;
	rec->end_seen = true;
	case_record_judge(rec);
	root = parse(&run);
	assert_string_equal(str(root, "daxrig"), "0.1");
	assert_string_equal(str(root, "end"), "interrupted");
	assert_string_equal(str(root, "seed"), "0xfedcba9876543210");
	assert_true(json_is_null(json_object_get(root, "accel")));
	assert_string_equal(json_string_value(json_array_get(json_object_get(root, "argv"), 3)),
			    "qui\\xffck");
	assert_string_equal(
		str(json_object_get(json_object_get(root, "host"), "libraries"), "jansson"),
		"2.14");
	assert_int_equal(
		json_integer_value(json_object_get(json_object_get(root, "counts"), "fail")), 1);
	assert_int_equal(json_array_size(json_object_get(root, "notes")), 1);
	assert_string_equal(json_string_value(json_array_get(json_object_get(root, "notes"), 0)),
			    "no \\x1b room");
	c = json_array_get(json_object_get(root, "cases"), 0);
	assert_string_equal(str(c, "verdict"), "fail");
	assert_string_equal(str(json_object_get(c, "guest"), "host"), "host\\x1b");
	assert_string_equal(str(json_object_get(c, "guest"), "random"), "00ff");
	assert_int_equal(
		json_integer_value(json_object_get(json_object_get(c, "guest"), "clock_offset_ms")),
		-7);
	assert_int_equal(json_integer_value(json_object_get(c, "window_ms")), 60);
	assert_int_equal(json_array_size(json_object_get(c, "findings")), 2);
	assert_string_equal(str(json_array_get(json_object_get(c, "steps"), 0), "errno"), "EINTR");
	assert_null(json_object_get(json_array_get(json_object_get(c, "steps"), 0), "test"));
	assert_int_equal(json_integer_value(json_object_get(
				 json_array_get(json_object_get(c, "steps"), 1), "test")),
			 3);
	assert_string_equal(str(json_array_get(json_object_get(c, "splats"), 0), "title"),
			    "WARNING in f");
	assert_string_equal(str(json_array_get(json_object_get(c, "evidence"), 0), "path"),
			    "cases/001-x/sysrq-w");
	json_decref(root);
	case_record_destroy(rec);
}

/* Bytes of a guest, and how the record shows them: as escapes, if they are not visible. */
static const struct {
	const char *in, *out;
} texts[] = {
	{ "plain \xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\x9b",
	  "plain \xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\x9b" },
	{ "a\nb\tc", "a\nb\tc" },
	{ "\033[2J\r\a\x7f", "\\x1b[2J\\x0d\\x07\\x7f" },
	{ "\xff\xfe", "\\xff\\xfe" },
	{ "\xc0\x80", "\\xc0\\x80" }, /* overlong */
	{ "\xe0\x80\x80", "\\xe0\\x80\\x80" },
	{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },		/* a surrogate */
	{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" }, /* past the end */
	{ "\xf0\x9f\x90", "\\xf0\\x9f\\x90" },		/* cut off */
	{ "\"\\}],", "\"\\}]," },
	/* characters that reverse the rest of a line, or are not visible */
	{ "\xe2\x80\xaa\xe2\x80\xae", "\\xe2\\x80\\xaa\\xe2\\x80\\xae" }, /* U+202A, U+202E */
	{ "\xe2\x81\xa6\xe2\x81\xa9", "\\xe2\\x81\\xa6\\xe2\\x81\\xa9" }, /* U+2066, U+2069 */
	{ "\xe2\x80\x8b\xe2\x80\x8f", "\\xe2\\x80\\x8b\\xe2\\x80\\x8f" }, /* U+200B, U+200F */
	{ "\xe2\x80\xa8\xe2\x80\xa9", "\\xe2\\x80\\xa8\\xe2\\x80\\xa9" }, /* U+2028, U+2029 */
	{ "\xe2\x80\x8a\xe2\x80\x90", "\xe2\x80\x8a\xe2\x80\x90" },	  /* U+200A, U+2010 */
	{ "\xd8\x9c\xd8\x9b", "\\xd8\\x9c\xd8\x9b" },			  /* U+061C, U+061B */
	{ "\xef\xbb\xbf", "\\xef\\xbb\\xbf" },				  /* U+FEFF */
	{ "\xc2\x80\xc2\x9b\xc2\x9f\xc2\xa1", "\\xc2\\x80\\xc2\\x9b\\xc2\\x9f\xc2\xa1" }, /* C1 */
	{ "a\xc2\xad", "a\\xc2\\xad" },			/* U+00AD */
	{ "\xf3\xa0\x81\x81", "\\xf3\\xa0\\x81\\x81" }, /* U+E0041, a tag */
};

static void test_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct case_record *rec = case_record_create(texts[i].in);
		struct run_record run = run_new(&rec, 1);
		json_t *root = parse(&run);

		assert_string_equal(str(json_array_get(json_object_get(root, "cases"), 0), "name"),
				    texts[i].out);
		json_decref(root);
		case_record_destroy(rec);
	}
}

static void test_long(void **state)
{
	char *big = xcalloc(1, (1 << 20) + 1);
	struct run_record run = run_new(NULL, 0);
	json_t *root;

	(void)state;
	memset(big, 0xff, 1 << 20);
	run.end_reason = big;
	root = parse(&run);
	assert_true(strlen(str(root, "end_reason")) <= JSON_TEXT_MAX + 8);
	json_decref(root);
	/* the names of thousands of cases are all there */
	run.plan_text = big;
	memset(big, 'x', 1 << 20);
	root = parse(&run);
	assert_int_equal(strlen(str(json_object_get(root, "plan"), "text")), 1 << 20);
	json_decref(root);
	free(big);
}

static char *filled(size_t len, const char *byte)
{
	struct buf b = BUF_INIT;

	while (b.len < len)
		buf_adds(&b, byte);
	return buf_take(&b);
}

static struct splat *full_splat(void)
{
	struct splat *s = xcalloc(1, sizeof(*s));

	s->title = filled(200, "t");
	s->excerpt = filled(SPLAT_EXCERPT_MAX - 1, "\"");
	s->registers = filled(1024, "\n");
	for (; s->nr_frames < SPLAT_FRAMES_MAX; s->nr_frames++) {
		s->frames[s->nr_frames].function = filled(200, "f");
		s->frames[s->nr_frames].module = filled(200, "m");
	}
	return s;
}

/* The most that a guest can send, in number and in text. */
static const struct {
	const char *byte;
	size_t steps, words, detail, splats, evidence, errors;
} floods[] = {
	{ "\033", CASE_STEPS_MAX, 100, 0, 0, 0, 0 },
	{ "\033", 500, 1000, CASE_DETAIL_MAX, 0, 0, 0 },
	{ "a", CASE_STEPS_MAX, 1, 0, CASE_SPLATS_MAX, CASE_EVIDENCE_MAX, CASE_ERRORS_MAX },
	{ "\xe2\x80\xae", 10, 1000, 1000, CASE_SPLATS_MAX, CASE_EVIDENCE_MAX, CASE_ERRORS_MAX },
	{ "\n", 0, 0, 0, CASE_SPLATS_MAX, 0, 0 },
	{ "\033", 1, 0, 0, 0, CASE_EVIDENCE_MAX, CASE_ERRORS_MAX },
};

static void flood(struct case_record *rec, size_t i)
{
	_cleanup_free_ char *words = filled(floods[i].words, floods[i].byte);
	_cleanup_free_ char *detail = filled(floods[i].detail, floods[i].byte);
	_cleanup_free_ char *text = filled(CASE_DETAIL_MAX, floods[i].byte);

	rec->scenario = filled(60000, "#");
	rec->fs = xstrdup("xfs");
	for (size_t k = 0; k < floods[i].splats; k++)
		case_record_add_splat(rec, full_splat());
	for (size_t k = 0; k < floods[i].steps; k++)
		case_record_add_step(rec,
				     &(struct case_step){ .line = (unsigned int)k + 1,
							  .status = STEP_FAIL,
							  .step = words,
							  .rule = (char *)"contract.waits",
							  .expected = words,
							  .detail = detail,
							  .found = k ? words : (char *)"the first",
							  .error = 4,
							  .ns = 1 << 30 });
	for (size_t k = 0; k < floods[i].evidence; k++)
		case_record_add_evidence(rec, text, "cases/001-x/y", text);
	for (size_t k = 0; k < floods[i].errors; k++)
		case_record_add_error(rec, "%s", text);
	rec->guest_end = GUEST_END_FINE;
	case_record_judge(rec);
}

static void test_flood(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(floods); i++) {
		struct case_record *rec = case_record_create("xfs/flood");
		_cleanup_free_ char *all = NULL, *less = NULL, *reason = NULL;
		const char *path = i % 2 ? "cases/001-x/record.json" : NULL;
		enum verdict verdict;

		flood(rec, i);
		verdict = rec->verdict;
		reason = xstrdup(rec->reason);
		all = run_json_case_text(rec);
		case_record_trim(rec, path);
		less = run_json_case_text(rec);
		if (strlen(all) <= RUN_JSON_CASE_MAX || strlen(less) > RUN_JSON_CASE_MAX)
			fail_msg("row %zu: %zu bytes, then %zu", i, strlen(all), strlen(less));
		assert_int_equal(rec->verdict, verdict);
		assert_string_equal(rec->reason, reason);
		assert_non_null(strstr(less, path ? path : "the rest was not kept"));
		assert_non_null(strstr(less, "\"name\": \"record\""));
		if (floods[i].steps) {
			assert_true(rec->finding_count > 0);
			assert_string_equal(rec->findings[0].rule, "contract.waits");
			assert_string_equal(rec->findings[0].found, "the first");
		}
		case_record_destroy(rec);
	}
}

static void test_write(void **state)
{
	char dir[] = "/tmp/test-run-json-XXXXXX";
	_cleanup_free_ char *path = NULL;
	_cleanup_buf_ struct buf b = BUF_INIT;
	struct run_record run = run_new(NULL, 0);
	struct err *err;

	(void)state;
	assert_non_null(mkdtemp(dir));
	path = xasprintf("%s/run.json", dir);
	assert_null(run_json_write(&run, path));
	run.complete = true;
	assert_null(run_json_write(&run, path));
	assert_null(file_read(path, 1 << 20, &b));
	assert_non_null(strstr(b.data, "\"end\": \"complete\""));
	assert_null(tree_remove(dir));
	err = run_json_write(&run, path);
	assert_non_null(err);
	err_free(err);
}

#define MANY 40u

static void make_large(struct case_record **cases)
{
	_cleanup_free_ char *detail = filled(20000, "d");

	for (size_t i = 0; i < MANY; i++) {
		_cleanup_free_ char *name = xasprintf("xfs/%zu", i);

		cases[i] = case_record_create(name);
		cases[i]->scenario = xstrdup("file a 4K written\n");
		for (unsigned int k = 0; k < 20; k++)
			case_record_add_step(cases[i],
					     &(struct case_step){ .line = k + 1,
								  .status = STEP_FAIL,
								  .rule = (char *)"contract.waits",
								  .found = (char *)"f",
								  .detail = k ? NULL : detail });
		cases[i]->guest_end = GUEST_END_FINE;
		case_record_judge(cases[i]);
		for (unsigned int k = 0; k < 20; k++)
			cases[i]->findings[k].known = k == 15 ? NULL : xstrdup("k");
	}
}

static bool is_slim(const struct case_record *rec)
{
	return rec->evidence_count && strstr(rec->evidence[0].text, "record of the run is full");
}

/* What is written is read back, whatever the size: the last cases lose what takes room. */
static void test_full(void **state)
{
	const size_t max = 400000;
	struct case_record *cases[MANY];
	struct run_record run = run_new(cases, MANY);
	_cleanup_buf_ struct buf b = BUF_INIT, none = BUF_INIT;
	struct run_summary s;
	struct err *err;

	(void)state;
	make_large(cases);
	assert_null(run_json_format(&run, max, &b));
	assert_in_range(b.len, max / 2, max);
	assert_null(run_json_parse("x", buf_str(&b), b.len, &s));
	assert_int_equal(s.case_count, MANY);
	assert_false(is_slim(s.cases[0]));
	assert_int_equal(s.cases[0]->step_count, 20);
	for (size_t i = 0; i < MANY; i++) {
		const struct case_record *rec = s.cases[i];

		assert_string_equal(rec->name, cases[i]->name);
		assert_int_equal(rec->verdict, VERDICT_FAIL);
		assert_string_equal(rec->scenario, cases[i]->scenario);
		assert_string_equal(rec->reason, cases[i]->reason);
		if (!is_slim(rec))
			continue;
		assert_int_equal(rec->finding_count, 9);
		assert_null(rec->findings[8].known);
		assert_null(rec->findings[0].detail);
	}
	assert_true(is_slim(s.cases[MANY - 1]));
	run_summary_deinit(&s);
	err = run_json_format(&run, 30000, &none);
	assert_non_null(err);
	assert_non_null(strstr(err->message, "more than 30000: use --shard"));
	err_free(err);
	for (size_t i = 0; i < MANY; i++)
		case_record_destroy(cases[i]);
}

/* More cases than the reader takes are not written. */
static void test_too_many(void **state)
{
	struct case_record *rec = case_record_create("xfs/a");
	_cleanup_free_ struct case_record **cases = xcalloc(RUN_JSON_CASES_MAX + 1,
							    sizeof(struct case_record *));
	struct run_record run = run_new(cases, RUN_JSON_CASES_MAX + 1);
	_cleanup_buf_ struct buf b = BUF_INIT;
	struct err *err;

	(void)state;
	for (size_t i = 0; i <= RUN_JSON_CASES_MAX; i++)
		cases[i] = rec;
	err = run_json_format(&run, SIZE_MAX, &b);
	assert_non_null(err);
	assert_string_equal(err->message, "a record holds 100000 cases, not 100001: use --shard");
	err_free(err);
	case_record_destroy(rec);
}

/* RFC 3339 wants the colon of the zone, and so do readers of KCIDB. */
static const struct {
	const char *zone;
	time_t t;
	const char *text;
} times[] = {
	{ "UTC", 0, "1970-01-01T00:00:00+00:00" },
	{ "XST-1", 1763632381, "2025-11-20T10:53:01+01:00" },
	{ "XST3:30", 1763632381, "2025-11-20T06:23:01-03:30" },
};

static void test_time(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		char got[RUN_JSON_TIME] = "";

		setenv("TZ", times[i].zone, 1);
		tzset();
		run_json_time(times[i].t, got);
		assert_string_equal(got, times[i].text);
	}
	unsetenv("TZ");
	tzset();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole), cmocka_unit_test(test_texts),
		cmocka_unit_test(test_long),  cmocka_unit_test(test_flood),
		cmocka_unit_test(test_write), cmocka_unit_test(test_time),
		cmocka_unit_test(test_full),  cmocka_unit_test(test_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
