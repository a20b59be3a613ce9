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
#include "mutants/judge.h"
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

/* A judged case; @found NULL: without a finding. With rule "splat" @found is the signature. */
static struct case_record *record(const char *name, enum verdict verdict, const char *rule,
				  const char *found)
{
	struct case_record *rec = case_record_create(name);
	struct splat *splat;

	rec->verdict = verdict;
	rec->duration_ns = 1;
	if (!rule)
		return rec;
	rec->findings = xcalloc(1, sizeof(*rec->findings));
	rec->finding_count = 1;
	rec->findings[0].rule = xstrdup(rule);
	rec->findings[0].found = xstrdup(found);
	if (strcmp(rule, "splat") == 0) {
		splat = xcalloc(1, sizeof(*splat));
		splat->title = xstrdup("a title that all have");
		splat->signature = xstrdup(found);
		case_record_add_splat(rec, splat);
	}
	return rec;
}

static void add_clean(struct clean *c, const char *name, enum verdict verdict, const char *rule,
		      const char *found)
{
	struct case_record *rec = record(name, verdict, rule, found);

	clean_add(c, rec);
	case_record_destroy(rec);
}

/* Three runs of a kernel with some findings of its own. */
static void make_clean(struct clean *c)
{
	*c = (struct clean){ 0 };
	for (unsigned int run = 0; run < 3; run++) {
		clean_begin(c);
		add_clean(c, "clean", VERDICT_PASS, NULL, NULL);
		add_clean(c, "known", VERDICT_FAIL, "contract.waits",
			  run ? "after 3 ms" : "after 17 ms");
		add_clean(c, "warns", VERDICT_FAIL, "splat", "WARNING in a < b");
		add_clean(c, "skipped", VERDICT_SKIP, NULL, NULL);
		add_clean(c, "races", run == 1 ? VERDICT_FAIL : VERDICT_PASS,
			  run == 1 ? "content.map" : NULL, "x");
		add_clean(c, "other-text", VERDICT_FAIL, "content.map", run ? "a" : "b");
		if (run)
			add_clean(c, "late", VERDICT_PASS, NULL, NULL);
		add_clean(c, "errs", run == 2 ? VERDICT_ERROR : VERDICT_PASS, NULL, NULL);
	}
}

static const struct {
	const char *what, *name;
	enum verdict verdict;
	const char *rule, *found;
	bool caught;
	const char *other, *masked;
} results[] = {
	{ "its rule", "clean", VERDICT_FAIL, "contract.waits", "x", true, NULL, NULL },
	{ "its other rule", "clean", VERDICT_FAIL, "splat", "x", true, NULL, NULL },
	{ "a rule that is not its own", "clean", VERDICT_FAIL, "content.map", "x", false,
	  "content.map", NULL },
	{ "a finding of the good kernel, too", "known", VERDICT_FAIL, "contract.waits",
	  "after 5 ms", false, NULL, NULL },
	{ "the same rule in another way", "known", VERDICT_FAIL, "contract.waits", "never", false,
	  NULL, "contract.waits in known" },
	{ "a finding that the good kernel does not show", "known", VERDICT_FAIL, "splat", "x", true,
	  NULL, NULL },
	{ "the good kernel warns so, too", "warns", VERDICT_FAIL, "splat", "WARNING in a < b",
	  false, NULL, NULL },
	{ "the good kernel warns, but of something else", "warns", VERDICT_FAIL, "splat",
	  "WARNING in c < d", true, NULL, NULL },
	{ "the good kernel skipped the case", "skipped", VERDICT_FAIL, "contract.waits", "x", false,
	  NULL, NULL },
	{ "the good kernel did not run the case", "none", VERDICT_FAIL, "contract.waits", "x",
	  false, NULL, NULL },
	{ "the good kernel fails it at times", "races", VERDICT_FAIL, "contract.waits", "x", false,
	  NULL, NULL },
	{ "the good kernel fails it in two ways", "other-text", VERDICT_FAIL, "contract.waits", "x",
	  false, NULL, NULL },
	{ "a run of the good kernel lacks the case", "late", VERDICT_FAIL, "contract.waits", "x",
	  false, NULL, NULL },
	{ "the good kernel ended in error once", "errs", VERDICT_FAIL, "contract.waits", "x", false,
	  NULL, NULL },
	{ "a pass", "clean", VERDICT_PASS, NULL, NULL, false, NULL, NULL },
	{ "findings under an error", "clean", VERDICT_ERROR, "contract.waits", "x", false, NULL,
	  NULL },
};

static bool same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static void check_results(const struct clean *clean)
{
	struct mutant m;
	_cleanup_err_ struct err *err = mutant_parse("m.patch", headers[0].text, &m);

	assert_null(err);
	for (size_t i = 0; i < ARRAY_SIZE(results); i++) {
		struct case_record *rec = record(results[i].name, results[i].verdict,
						 results[i].rule, results[i].found);
		struct mutant_result r = { 0 };
		bool caught = mutant_result_add(&r, &m, clean, rec);

		if (caught != results[i].caught || !r.caught_by == caught ||
		    !same(r.other, results[i].other) || !same(r.masked, results[i].masked))
			fail_msg("%s", results[i].what);
		if (caught)
			assert_string_equal(r.caught_by, results[i].rule);
		assert_int_equal(r.cases, results[i].verdict != VERDICT_ERROR);
		assert_int_equal(r.errors, results[i].verdict == VERDICT_ERROR);
		mutant_result_deinit(&r);
		case_record_destroy(rec);
	}
	mutant_deinit(&m);
}

static void test_result(void **state)
{
	struct clean clean;

	(void)state;
	make_clean(&clean);
	check_results(&clean);
	clean_deinit(&clean);
}

/* "Rule: *" stands for every rule. */
static void test_any_rule(void **state)
{
	const struct mutant m = { .rules = { { (char *)"*" }, 1 } };
	struct case_record *rec = record("clean", VERDICT_FAIL, "content.map", "x");
	struct mutant_result r = { 0 };
	struct clean clean;

	(void)state;
	make_clean(&clean);
	assert_true(mutant_result_add(&r, &m, &clean, rec));
	assert_string_equal(r.caught_by, "content.map");
	mutant_result_deinit(&r);
	case_record_destroy(rec);
	clean_deinit(&clean);
}

static void test_counts(void **state)
{
	_cleanup_buf_ struct buf told = BUF_INIT;
	struct clean_counts counts;
	struct clean clean;

	(void)state;
	make_clean(&clean);
	clean_count(&clean, &counts);
	clean_tell(&clean, &told);
	assert_int_equal(counts.cases, 7); /* all but "skipped" */
	assert_int_equal(counts.steady, 3);
	assert_int_equal(counts.masked, 2);
	/* the second run of "races"; another text of the same rule is none */
	assert_int_equal(counts.false_catches, 1);
	assert_string_equal(buf_str(&told), "# masked in known: contract.waits\n"
					    "# masked in warns: splat\n"
					    "# left out: skipped\n"
					    "# left out: races\n"
					    "# left out: other-text\n"
					    "# left out: errs\n"
					    "# left out: late\n");
	clean_deinit(&clean);
}

/* What caught a mutant is seen without it, too: then it catches nothing any more. */
static void test_confirms(void **state)
{
	const struct mutant m = { .rules = { { (char *)"*" }, 1 } };
	struct case_record *fail = record("clean~2", VERDICT_FAIL, "content.map", "x");
	struct case_record *pass = record("clean~1", VERDICT_PASS, NULL, NULL);
	struct case_record *error = record("clean~3", VERDICT_ERROR, NULL, NULL);
	struct case_record *mutated = record("clean", VERDICT_FAIL, "content.dma", "y");
	struct mutant_result r = { 0 };
	struct clean clean;

	(void)state;
	make_clean(&clean);
	assert_false(clean_varies(&clean, "clean", pass));
	assert_false(clean_varies(&clean, "clean", error));
	assert_true(mutant_result_add(&r, &m, &clean, mutated));
	mutant_result_deinit(&r);
	assert_true(clean_varies(&clean, "clean", fail));
	assert_false(mutant_result_add(&r, &m, &clean, mutated));
	assert_true(clean_varies(&clean, "races", pass));
	mutant_result_deinit(&r);
	case_record_destroy(fail);
	case_record_destroy(pass);
	case_record_destroy(error);
	case_record_destroy(mutated);
	clean_deinit(&clean);
}

/* What is written is read again, and judges in the same way. */
static void test_clean_text(void **state)
{
	static const char *const bad[] = {
		"x\n",
		"case decided a\n",
		"run",
		"run\nfound splat 0123456789abcdef\n",
		"run\ncase decided a\nfound splat 0123456789abcde\n",
		"run\ncase decided a\nfound no.rule 0123456789abcdef\n",
		"run\ncase decided a\nfound splat 0123456789abcdeX\n",
		("run\nrun\nrun\nrun\nrun\nrun\nrun\nrun\nrun\nrun\nrun\nrun\nrun\nrun\nrun\nrun\nrun\n"
		 "run\nrun\nrun\nrun\n"),
	};
	_cleanup_buf_ struct buf text = BUF_INIT, again = BUF_INIT;
	_cleanup_err_ struct err *err = NULL;
	struct clean clean, read;

	(void)state;
	make_clean(&clean);
	clean_format(&clean, &text);
	err = clean_parse(buf_str(&text), &read);
	assert_null(err);
	assert_int_equal(read.runs, 3);
	check_results(&read);
	clean_format(&read, &again);
	assert_string_equal(buf_str(&text), buf_str(&again));
	clean_deinit(&clean);
	clean_deinit(&read);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		_cleanup_err_ struct err *refused = clean_parse(bad[i], &read);

		if (!refused)
			fail_msg("row %zu was accepted", i);
		clean_deinit(&read);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_header),	   cmocka_unit_test(test_library),
		cmocka_unit_test(test_result),	   cmocka_unit_test(test_any_rule),
		cmocka_unit_test(test_confirms),   cmocka_unit_test(test_counts),
		cmocka_unit_test(test_clean_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
