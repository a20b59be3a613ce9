/* SPDX-License-Identifier: GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/glob.h"
#include "plan/cases.h"
#include "guests/build/patch.h"
#include "plan/mutants.h"
#include "host/paths.h"

#define WHAT "What: a\n b\n"
#define RULE "Rule: contract.waits, splat\n"
#define SOURCES "Sources: 7.2\n"
#define CASES "Cases: xfs/* ext4/*\n"

static const struct {
	const char *text;
	bool good;
} headers[] = {
	{ WHAT RULE SOURCES CASES "---\n", true },
	{ CASES SOURCES RULE WHAT "---\n--- a/x\n", true },
	{ WHAT RULE SOURCES "---\n", false },
	{ WHAT RULE CASES "---\n", false },
	{ WHAT SOURCES CASES "---\n", false },
	{ RULE SOURCES CASES "---\n", false },
	{ WHAT RULE SOURCES CASES, false },
	{ WHAT RULE SOURCES CASES "--- a/x\n", false },
	{ WHAT WHAT RULE SOURCES CASES "---\n", false },
	{ WHAT RULE RULE SOURCES CASES "---\n", false },
	{ "What:\n" RULE SOURCES CASES "---\n", false },
	{ WHAT "Rule: ,\n" SOURCES CASES "---\n", false },
	{ WHAT "Rule: a b c d e f g h i j k l m n o p q\n" SOURCES CASES "---\n", false },
	{ "Why: x\n" WHAT RULE SOURCES CASES "---\n", false },
	{ "", false },
};

static void test_header(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(headers); i++) {
		struct mutant m;
		_cleanup_err_ struct err *err = mutant_parse("d/n.patch", headers[i].text, &m);

		if (!err != headers[i].good)
			fail_msg("row %zu: %s", i, err ? err->message : "was accepted");
		if (!err) {
			assert_string_equal(m.name, "n");
			assert_string_equal(m.what, "a b");
			assert_int_equal(m.rules.n, 2);
			assert_string_equal(m.rules.v[1], "splat");
			assert_int_equal(m.cases.n, 2);
		}
		mutant_deinit(&m);
	}
}

/* Each mutant names known rules and cases of the nightly plan, and has a diff. */
static void test_library(void **state)
{
	struct library lib;
	enum rule rule;
	struct paths p = { .home = "." }; /* tests run in the project's folder */
	struct plan nightly = { 0 };
	_cleanup_err_ struct err *err = NULL;

	(void)state;
	err = library_mutants(&p, &lib);
	assert_null(err);
	err = cases_from_plan(&p, "nightly", &nightly);
	assert_null(err);
	for (size_t i = 0; i < lib.n; i++) {
		_cleanup_patch_ struct patch patch = PATCH_INIT;
		struct mutant m;

		err = mutant_parse(lib.v[i].path, lib.v[i].text, &m);
		if (!err)
			err = patch_parse(lib.v[i].name, lib.v[i].text, &patch);
		if (err)
			fail_msg("%s", err->message);
		for (size_t r = 0; r < m.rules.n; r++)
			if (!rule_find(m.rules.v[r], &rule))
				fail_msg("%s: no rule '%s'", m.name, m.rules.v[r]);
		for (size_t c = 0; c < m.cases.n; c++) {
			size_t found = 0;

			for (size_t k = 0; k < nightly.nr_cases; k++)
				found += glob_match(m.cases.v[c], nightly.cases[k].name);
			if (!found)
				fail_msg("%s: nightly has no '%s'", m.name, m.cases.v[c]);
		}
		mutant_deinit(&m);
	}
	plan_deinit(&nightly);
	library_deinit(&lib);
}

static struct case_record *record(const char *name, enum verdict verdict, const char *rule)
{
	struct case_record *rec = case_record_create(name);

	rec->verdict = verdict;
	rec->duration_ns = 1;
	if (rule) {
		rec->findings = xcalloc(1, sizeof(*rec->findings));
		rec->finding_count = 1;
		rec->findings[0].rule = xstrdup(rule);
	}
	return rec;
}

static const struct {
	const char *what, *name;
	enum verdict verdict;
	const char *rule;
	bool caught;
	const char *other;
} results[] = {
	{ "its rule", "clean", VERDICT_FAIL, "contract.waits", true, NULL },
	{ "its other rule", "clean", VERDICT_FAIL, "splat", true, NULL },
	{ "a rule that is not its own", "clean", VERDICT_FAIL, "content.map", false,
	  "content.map" },
	{ "a finding of the good kernel, too", "known", VERDICT_FAIL, "contract.waits", false,
	  NULL },
	{ "a finding that the good kernel does not show", "known", VERDICT_FAIL, "splat", true,
	  NULL },
	{ "the good kernel skipped the case", "skipped", VERDICT_FAIL, "contract.waits", false,
	  NULL },
	{ "the good kernel did not run the case", "none", VERDICT_FAIL, "contract.waits", false,
	  NULL },
	{ "a pass", "clean", VERDICT_PASS, NULL, false, NULL },
	{ "findings under an error", "clean", VERDICT_ERROR, "contract.waits", false, NULL },
};

static void test_result(void **state)
{
	struct clean_findings clean = { 0 };
	struct mutant m;
	_cleanup_err_ struct err *err = mutant_parse("m.patch", headers[0].text, &m);
	struct case_record *const of_clean[] = {
		record("clean", VERDICT_PASS, NULL),
		record("known", VERDICT_FAIL, "contract.waits"),
		record("skipped", VERDICT_SKIP, NULL),
	};

	(void)state;
	assert_null(err);
	for (size_t i = 0; i < ARRAY_SIZE(of_clean); i++) {
		clean_findings_add(&clean, of_clean[i]);
		case_record_destroy(of_clean[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(results); i++) {
		struct case_record *rec = record(results[i].name, results[i].verdict,
						 results[i].rule);
		struct mutant_result r = { 0 };
		bool caught = mutant_result_add(&r, &m, &clean, rec);

		if (caught != results[i].caught || !r.caught_by == caught ||
		    !r.other != !results[i].other)
			fail_msg("%s", results[i].what);
		if (caught)
			assert_string_equal(r.caught_by, results[i].rule);
		assert_int_equal(r.cases, results[i].verdict != VERDICT_ERROR);
		mutant_result_deinit(&r);
		case_record_destroy(rec);
	}
	clean_findings_deinit(&clean);
	mutant_deinit(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_library),
		cmocka_unit_test(test_result),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
