// SPDX-License-Identifier: GPL-2.0-only
/* The report for KernelCI's database, by the rules of kcidb-rules.h; and that they fire. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "reports/tests/kcidb-rules.h"
#include "reports/tests/render-sample.h"

static json_t *parsed(const char *text)
{
	json_error_t error;
	json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &error);

	if (!root)
		fail_msg("line %d: %s", error.line, error.text);
	return root;
}

/* Fails when a rule is broken; json_decref() the result. */
static json_t *checked(const char *text)
{
	json_t *root = parsed(text);
	_cleanup_free_ char *broken = kcidb_broken(root);

	if (broken)
		fail_msg("%s in %.2000s", broken, text);
	return root;
}

static char *render(const struct render_run *run, struct case_record *const *cases, size_t n)
{
	size_t len;

	return sample_render(&renderer_kcidb, run, cases, n, &len);
}

static const char *get(const json_t *root, const char *list, size_t i, const char *key)
{
	const json_t *o = json_array_get(json_object_get(root, list), i);
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

static size_t size(const json_t *root, const char *list)
{
	return json_array_size(json_object_get(root, list));
}

static void test_goldens(void **state)
{
	static const char *const statuses[SAMPLE_CASES] = { "PASS", "FAIL",  "FAIL", "FAIL",
							    "SKIP", "ERROR", "PASS", "PASS" };
	_cleanup_free_ char *alone = NULL, *night = NULL;
	struct sample s;
	json_t *root;

	(void)state;
	sample_init(&s);
	alone = render(&s.run, s.cases, SAMPLE_CASES);
	root = checked(alone);
	assert_int_equal(size(root, "tests"), SAMPLE_CASES);
	for (size_t i = 0; i < SAMPLE_CASES; i++)
		assert_string_equal(get(root, "tests", i, "status"), statuses[i]);
	/* numbers make no other issue, and twice in a case is one incident */
	assert_int_equal(size(root, "issues"), 2);
	assert_int_equal(size(root, "incidents"), 3);
	assert_string_equal(get(root, "tests", 7, "path"), "daxrig.xfs.storm");
	assert_string_equal(get(root, "tests", 0, "start_time"), "2026-11-30T01:00:02.500+00:00");
	json_decref(root);
	s.run.history = &s.history;
	night = render(&s.run, s.cases, SAMPLE_CASES);
	root = checked(night);
	assert_string_equal(get(root, "builds", 0, "config_name"), "debug");
	json_decref(root);
	sample_golden("kcidb.json", night);
	sample_deinit(&s);
}

static void test_missing(void **state)
{
	_cleanup_free_ char *text = NULL;
	struct sample s;
	json_t *root;

	(void)state;
	sample_init(&s);
	s.run.incomplete = true;
	s.run.end_reason = "SIGHUP";
	s.run.plan_text = "xfs/sync-mapsync\nxfs/one/t#2\nxfs/cu";
	text = render(&s.run, s.cases, SAMPLE_CASES);
	root = checked(text);
	assert_int_equal(size(root, "tests"), SAMPLE_CASES + 1);
	assert_string_equal(get(root, "tests", SAMPLE_CASES, "status"), "MISS");
	assert_string_equal(get(root, "tests", SAMPLE_CASES, "path"), "daxrig.xfs.one.t");
	assert_string_equal(get(root, "tests", SAMPLE_CASES, "log_excerpt"), "SIGHUP");
	json_decref(root);
	sample_deinit(&s);
}

/* A kernel that did not boot has no tests, and nobody says that its build is fine. */
static void test_untested(void **state)
{
	_cleanup_free_ char *text = NULL;
	struct sample s;
	json_t *root;

	(void)state;
	sample_init(&s);
	s.runs[1].untested = TEXT("it does not build");
	s.run.history = &s.history;
	text = render(&s.run, NULL, 0);
	root = checked(text);
	assert_string_equal(get(root, "builds", 0, "status"), "");
	assert_string_equal(get(root, "builds", 0, "comment"), "it does not build");
	json_decref(root);
	sample_deinit(&s);
}

/* The same record makes the same ids; another run of it does not, but the same issues. */
static void test_ids(void **state)
{
	_cleanup_free_ char *a = NULL, *b = NULL, *c = NULL;
	json_t *x, *y;
	struct sample s;

	(void)state;
	sample_init(&s);
	a = render(&s.run, s.cases, SAMPLE_CASES);
	s.run.path = "elsewhere";
	b = render(&s.run, s.cases, SAMPLE_CASES);
	assert_string_equal(a, b);
	s.run.started = "2026-11-30T02:00:02+0100";
	c = render(&s.run, s.cases, SAMPLE_CASES);
	x = checked(a);
	y = checked(c);
	assert_string_not_equal(get(x, "tests", 0, "id"), get(y, "tests", 0, "id"));
	assert_string_not_equal(get(x, "incidents", 0, "id"), get(y, "incidents", 0, "id"));
	assert_string_equal(get(x, "issues", 0, "id"), get(y, "issues", 0, "id"));
	assert_string_equal(get(x, "builds", 0, "id"), get(y, "builds", 0, "id"));
	json_decref(x);
	json_decref(y);
	sample_deinit(&s);
}

static void test_commit(void **state)
{
	static const struct {
		const char *spec, *hash;
	} rows[] = {
		{ "tree:/a@0123456789abcdef0123456789abcdef01234567+debug",
		  "0123456789abcdef0123456789abcdef01234567" },
		{ "tree:/a@v7.2", "" },
		{ "tree:/a@0123456789abcdef0123456789abcdef0123456", "" },
		{ "file:/a@0123456789abcdef0123456789abcdef01234567", "" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct render_run run = { .kernel_spec = rows[i].spec };
		_cleanup_free_ char *text = render(&run, NULL, 0);
		json_t *root = checked(text);

		assert_string_equal(get(root, "checkouts", 0, "git_commit_hash"), rows[i].hash);
		json_decref(root);
	}
}

static void test_hostile(void **state)
{
	_cleanup_free_ char *text = NULL;
	struct hostile h;

	(void)state;
	hostile_init(&h);
	text = render(&h.run, h.cases, HOSTILE_CASES);
	json_decref(checked(text));
	hostile_deinit(&h);
}

#define GOOD_TEST "{\"build_id\":\"a:b\",\"id\":\"a:t\",\"origin\":\"a\""
#define REPORT(rest)                                                                               \
	"{\"version\":{\"major\":5,\"minor\":3},\"checkouts\":[{\"id\":\"a:c\",\"origin\":\"a\"}]" \
	",\"builds\":[{\"checkout_id\":\"a:c\",\"id\":\"a:b\",\"origin\":\"a\"}]," rest "}"

/* A rule that nothing breaks is none. */
static void test_rules_fire(void **state)
{
	static const struct {
		const char *text, *broken; /* NULL: fine */
	} rows[] = {
		{ REPORT("\"tests\":[" GOOD_TEST "}]"), NULL },
		{ "{}", "version" },
		{ "{\"version\":{\"major\":5}}", "version" },
		{ "{\"version\":{\"major\":4,\"minor\":3}}", "version" },
		{ "{\"version\":{\"major\":5,\"minor\":3,\"x\":1}}", "version" },
		{ REPORT("\"extra\":[]"), "unknown key extra" },
		{ REPORT("\"tests\":{}"), "tests is no list" },
		{ REPORT("\"tests\":[7]"), "tests: an id is missing" },
		{ REPORT("\"tests\":[" GOOD_TEST ",\"x\":1}]"), "tests[0].x" },
		{ REPORT("\"tests\":[" GOOD_TEST ",\"misc\":{\"a\":[null]}}]"), "null" },
		{ REPORT("\"tests\":[" GOOD_TEST "}," GOOD_TEST "}]"), "or twice" },
		{ REPORT("\"tests\":[{\"id\":\"a:t\",\"origin\":\"a\"}]"), "tests[0].build_id" },
		{ REPORT("\"tests\":[{\"build_id\":\"a:x\",\"id\":\"a:t\",\"origin\":\"a\"}]"),
		  "build_id is of nothing" },
		{ REPORT("\"tests\":[{\"build_id\":\"a:b\",\"id\":\"t\",\"origin\":\"a\"}]"),
		  "tests[0].id" },
		{ REPORT("\"tests\":[{\"build_id\":\"a:b\",\"id\":\"a:t\",\"origin\":\"A\"}]"),
		  "tests[0].origin" },
		{ REPORT("\"tests\":[" GOOD_TEST ",\"path\":\"a/b\"}]"), "tests[0].path" },
		{ REPORT("\"tests\":[" GOOD_TEST ",\"path\":\"a#1\"}]"), "tests[0].path" },
		{ REPORT("\"tests\":[" GOOD_TEST ",\"path\":\"a..b\"}]"), "tests[0].path" },
		{ REPORT("\"tests\":[" GOOD_TEST ",\"path\":\"a.\"}]"), "tests[0].path" },
		{ REPORT("\"tests\":[" GOOD_TEST ",\"path\":\"\"}]"), NULL },
		{ REPORT("\"tests\":[" GOOD_TEST ",\"status\":\"pass\"}]"), "tests[0].status" },
		{ REPORT("\"tests\":[" GOOD_TEST ",\"duration\":\"1\"}]"), "tests[0].duration" },
		{ REPORT("\"tests\":[" GOOD_TEST ",\"environment\":{\"cpu\":\"x\"}}]"),
		  "tests[0].environment" },
		{ REPORT("\"tests\":[" GOOD_TEST ",\"start_time\":\"2026-11-30T09:36:34+0000\"}]"),
		  "tests[0].start_time" },
		{ REPORT("\"tests\":[" GOOD_TEST
			 ",\"start_time\":\"2026-11-30T09:36:34.1+00:00\"}]"),
		  NULL },
		{ REPORT("\"tests\":[" GOOD_TEST ",\"log_url\":\"here\"}]"), "tests[0].log_url" },
		{ REPORT("\"tests\":[" GOOD_TEST
			 ",\"output_files\":[{\"name\":\"a/b\",\"url\":\"http://x\"}]}]"),
		  "tests[0].output_files" },
		{ REPORT("\"issues\":[{\"id\":\"a:i\",\"origin\":\"a\",\"version\":-1}]"),
		  "issues[0].version" },
		{ REPORT("\"issues\":[{\"id\":\"a:i\",\"origin\":\"a\",\"version\":1,"
			 "\"culprit\":{\"code\":1}}]"),
		  "issues[0].culprit" },
		{ REPORT("\"issues\":[{\"id\":\"a:i\",\"origin\":\"a\",\"version\":1,"
			 "\"categories\":[\"a b\"]}]"),
		  "issues[0].categories" },
		{ REPORT("\"incidents\":[{\"id\":\"a:i\",\"origin\":\"a\",\"issue_id\":\"a:x\","
			 "\"issue_version\":1}]"),
		  "issue_id is of nothing" },
		{ REPORT("\"incidents\":[{\"id\":\"a:i\",\"origin\":\"a\",\"issue_id\":\"a:x\"}]"),
		  "incidents[0].issue_version" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		json_t *root = parsed(rows[i].text);
		_cleanup_free_ char *broken = kcidb_broken(root);

		json_decref(root);
		if (!broken != !rows[i].broken || (broken && !strstr(broken, rows[i].broken)))
			fail_msg("%s: %s", rows[i].text, broken ? broken : "no rule fired");
	}
}

static void test_excerpt_fires(void **state)
{
	_cleanup_free_ char *big = xcalloc(1, 16385);

	(void)state;
	memset(big, 'x', 16384);
	for (size_t len = 16384; len >= 16383; len--) {
		_cleanup_free_ char *text = NULL, *broken = NULL;
		json_t *root;

		big[len] = '\0';
		text = xasprintf(REPORT("\"tests\":[" GOOD_TEST ",\"log_excerpt\":\"%s\"}]"), big);
		root = parsed(text);
		broken = kcidb_broken(root);
		json_decref(root);
		assert_int_equal(broken != NULL, len == 16384);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_goldens),	   cmocka_unit_test(test_missing),
		cmocka_unit_test(test_untested),   cmocka_unit_test(test_ids),
		cmocka_unit_test(test_commit),	   cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_rules_fire), cmocka_unit_test(test_excerpt_fires),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
