// SPDX-License-Identifier: GPL-2.0-only
/* The JUnit file: goldens, counts, size and, of hostile records, that it is XML at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/program.h"
#include "reports/tests/render-sample.h"

#define FILE_MAX 30000000 /* bytes */

static const struct case_counts {
	size_t tests, failures, errors, skipped;
} no_counts;

static size_t number(xmlNode *node, const char *name)
{
	xmlChar *text = xmlGetProp(node, BAD_CAST name);
	size_t n;

	assert_non_null(text);
	n = strtoul((const char *)text, NULL, 10);
	xmlFree(text);
	return n;
}

static bool is(const xmlNode *node, const char *name)
{
	return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

static void count_case(xmlNode *one, struct case_counts *counts)
{
	static const char *const attributes[] = { "classname", "name", "time" };

	counts->tests++;
	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++) {
		xmlChar *text = xmlGetProp(one, BAD_CAST attributes[i]);

		assert_non_null(text);
		assert_true(*text);
		xmlFree(text);
	}
	for (xmlNode *n = one->children; n; n = n->next) {
		counts->failures += is(n, "failure");
		counts->errors += is(n, "error");
		counts->skipped += is(n, "skipped");
	}
}

/* What the file says of its counts must be what it has. */
static struct case_counts check_counts(xmlNode *suites)
{
	struct case_counts counts = no_counts;
	xmlNode *suite;

	assert_true(is(suites, "testsuites"));
	for (suite = suites->children; suite && !is(suite, "testsuite");)
		suite = suite->next;
	assert_non_null(suite);
	for (xmlNode *n = suite->children; n; n = n->next)
		if (is(n, "testcase"))
			count_case(n, &counts);
	assert_int_equal(number(suite, "tests"), counts.tests);
	assert_int_equal(number(suite, "failures"), counts.failures);
	assert_int_equal(number(suite, "errors"), counts.errors);
	assert_int_equal(number(suites, "skipped"), counts.skipped);
	return counts;
}

static struct case_counts check_file(const char *text, size_t len)
{
	xmlDoc *doc = xmlReadMemory(text, (int)len, "junit", NULL,
				    XML_PARSE_HUGE | XML_PARSE_NONET | XML_PARSE_NOERROR);
	struct case_counts counts;

	assert_true(len < FILE_MAX);
	for (size_t i = 0; i < len; i++)
		if (text[i] != '\n' && text[i] != '\t' && (text[i] < ' ' || text[i] > '~'))
			fail_msg("byte %zu is 0x%02x", i, (unsigned char)text[i]);
	if (!doc)
		fail_msg("not XML: %s", xmlGetLastError()->message);
	counts = check_counts(xmlDocGetRootElement(doc));
	xmlFreeDoc(doc);
	return counts;
}

static char *render(const struct render_run *run, struct case_record *const *cases, size_t n,
		    size_t *len)
{
	return sample_render(&renderer_junit, run, cases, n, len);
}

static void test_goldens(void **state)
{
	_cleanup_free_ char *alone = NULL, *night = NULL;
	struct case_counts counts;
	struct sample s;
	size_t len;

	(void)state;
	sample_init(&s);
	alone = render(&s.run, s.cases, SAMPLE_CASES, &len);
	counts = check_file(alone, len);
	assert_int_equal(counts.tests, 8);
	assert_int_equal(counts.failures, 3);
	assert_int_equal(counts.errors, 1);
	assert_int_equal(counts.skipped, 1);
	sample_golden("junit.xml", alone);
	s.run.history = &s.history;
	night = render(&s.run, s.cases, SAMPLE_CASES, &len);
	assert_non_null(strstr(night, "message=\"regressed: contract.sleeps"));
	assert_non_null(strstr(night, "message=\"known: splat"));
	assert_null(strstr(alone, "regressed"));
	sample_deinit(&s);
}

/* A planned case that did not run is an error, also if its name has all that XML minds. */
static void test_missing(void **state)
{
	_cleanup_free_ char *text = NULL;
	struct case_counts counts;
	struct sample s;
	size_t len;

	(void)state;
	sample_init(&s);
	s.run.incomplete = true;
	s.run.end_reason = "SIGHUP";
	s.run.plan_text = "xfs/sync-mapsync\nxfs/\"<&>\nxfs/one/two\nxfs/cu";
	text = render(&s.run, s.cases, SAMPLE_CASES, &len);
	counts = check_file(text, len);
	assert_int_equal(counts.tests, 10);
	assert_int_equal(counts.errors, 3);
	assert_non_null(strstr(text, "<testcase classname=\"daxrig.xfs.one\" name=\"two\" "
				     "time=\"0.000\">\n   <error message=\"SIGHUP\" "
				     "type=\"not-run\"/>"));
	assert_non_null(strstr(text, "name=\"____\""));
	assert_null(strstr(text, "\"cu\""));
	sample_deinit(&s);
}

static void test_hostile(void **state)
{
	_cleanup_free_ char *text = NULL;
	struct hostile h;
	size_t len;

	(void)state;
	hostile_init(&h);
	text = render(&h.run, h.cases, HOSTILE_CASES, &len);
	assert_true(check_file(text, len).tests > HOSTILE_CASES);
	hostile_deinit(&h);
}

/* As many cases as a record may have, of the worst names: texts go first, then names. */
static void test_size(void **state)
{
	static const struct {
		size_t cases;
		const char *cut;
	} rows[] = {
		{ 20, NULL },
		{ 150, "texts of more than 16384 bytes" },
		{ RUN_JSON_CASES_MAX, "texts of more than 0 bytes" },
	};
	struct case_record **same = xcalloc(RUN_JSON_CASES_MAX, sizeof(*same));
	_cleanup_free_ char *name = xcalloc(1, 4097), *detail = xcalloc(1, 60001);
	struct case_record *rec;

	(void)state;
	memset(name, '"', 4096);
	memset(detail, '>', 60000);
	memcpy(detail + 59985, "the end of this", 15);
	rec = sample_case(name, VERDICT_FAIL, name);
	sample_find(rec, "contract.waits", "found", detail, NULL);
	for (size_t i = 0; i < RUN_JSON_CASES_MAX; i++)
		same[i] = rec;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct render_run run = { .kernel_release = "6.12" };
		_cleanup_free_ char *text = NULL;
		size_t len;

		/* of so many cases the texts would only take time */
		if (rows[i].cases == RUN_JSON_CASES_MAX)
			rec->findings[0].detail[100] = '\0';
		text = render(&run, same, rows[i].cases, &len);
		assert_int_equal(check_file(text, len).failures, rows[i].cases);
		if (!rows[i].cut) {
			assert_null(strstr(text, "name=\"cut\""));
			continue;
		}
		if (!strstr(text, rows[i].cut))
			fail_msg("%zu cases: %.*s", rows[i].cases, 700, text);
		/* what fits is used */
		assert_true(len > FILE_MAX / 8);
	}
	case_record_destroy(rec);
	free(same);
}

static void test_xmllint(void **state)
{
	char path[] = "/tmp/daxrig-junit-XXXXXX";
	_cleanup_free_ char *text = NULL;
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct hostile h;
	struct err *err;
	size_t len;
	int fd;

	(void)state;
	err = run_program((const char *const[]){ "xmllint", "--version", NULL }, 10000, &out);
	if (err) {
		print_message("skipped: %s; it is of package libxml2-utils\n", err->message);
		err_free(err);
		skip();
	}
	hostile_init(&h);
	text = render(&h.run, h.cases, HOSTILE_CASES, &len);
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), len);
	close(fd);
	err = run_program((const char *const[]){ "xmllint", "--noout", "--nonet", path, NULL },
			  60000, &out);
	unlink(path);
	if (err)
		fail_msg("%s: %s", err->message, buf_str(&out));
	hostile_deinit(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_goldens), cmocka_unit_test(test_missing),
		cmocka_unit_test(test_hostile), cmocka_unit_test(test_size),
		cmocka_unit_test(test_xmllint),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
