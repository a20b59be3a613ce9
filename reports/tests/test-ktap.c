// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "reports/render/render.h"

static const struct {
	const char *name;
	enum verdict verdict;
	const char *reason;
	const char *line;
} results[] = {
	{ "a/b", VERDICT_PASS, NULL, "ok 1 a/b\n" },
	{ "a/b", VERDICT_SKIP, "no odp", "ok 1 a/b # SKIP no odp\n" },
	{ "a/b", VERDICT_SKIP, NULL, "ok 1 a/b # SKIP\n" },
	{ "a/b", VERDICT_ERROR, "no guest",
	  "#   error: no guest\nnot ok 1 a/b # ERROR no guest\n" },
	{ "a/b", VERDICT_FAIL, "splat", "#   failed: splat\nnot ok 1 a/b\n" },
	{ "a #SKIP b", VERDICT_PASS, NULL, "ok 1 a _SKIP b\n" },
	{ "  a  ", VERDICT_PASS, NULL, "ok 1 a__\n" },
	{ "", VERDICT_PASS, NULL, "ok 1 unnamed\n" },
	{ "a\nok 2 b", VERDICT_PASS, NULL, "ok 1 a\\nok 2 b\n" },
	{ "\033[2J\xff", VERDICT_PASS, NULL, "ok 1 \\x1b[2J\\xff\n" },
	{ "a", VERDICT_SKIP, "x\nnot ok 9 y\r\033", "ok 1 a # SKIP x\\nnot ok 9 y\\x0d\\x1b\n" },
};

static const char start[] = "KTAP version 1\n1..1\n";

/* The lines of a case after the start; free() it. */
static char *write_case(const struct case_record *rec)
{
	char *out = NULL, *rest;
	size_t len;
	FILE *f = open_memstream(&out, &len);
	struct render r;

	render_start(&r, &renderer_ktap, f, &(struct render_run){ .planned = 1 });
	render_case(&r, 0, rec);
	rest = xstrdup(out + sizeof(start) - 1);
	render_end(&r, 0, NULL);
	fclose(f);
	assert_memory_equal(out, start, sizeof(start) - 1);
	free(out);
	return rest;
}

static void test_results(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(results); i++) {
		struct case_record *rec = case_record_create(results[i].name);
		_cleanup_free_ char *got = NULL;

		rec->verdict = results[i].verdict;
		free(rec->reason);
		rec->reason = results[i].reason ? xstrdup(results[i].reason) : NULL;
		got = write_case(rec);
		assert_string_equal(got, results[i].line);
		case_record_destroy(rec);
	}
}

/* A lost oracle is named before the pass. */
static void test_lost(void **state)
{
	struct case_record *rec = case_record_create("a");
	_cleanup_free_ char *got = NULL;

	(void)state;
	rec->verdict = VERDICT_PASS;
	case_record_add_evidence(rec, "agent", NULL, "a word");
	case_record_add_evidence(rec, EVIDENCE_LOST, NULL, "ledger: no BTF");
	got = write_case(rec);
	assert_string_equal(got, "#   oracle lost: ledger: no BTF\nok 1 a\n");
	case_record_destroy(rec);
}

/* Lines that end the reading of a console, and what may be taken for a test of its own. */
static const struct {
	const char *detail, *rule, *line;
} enders[] = {
	{ "[ 1.5] reboot: System halted", "splat", "#     [ 1.5] reboot\\x3a System halted\n" },
	{ "x Kernel panic - not syncing: VFS: Unable", "splat",
	  "#     x Kernel panic - not syncing\\x3a VFS: Unable\n" },
	{ "List of all partitions:List of all partitions:", "splat",
	  "#     List of all partitions\\x3aList of all partitions\\x3a\n" },
	{ "reboot: System\nhalted", "splat", "#     reboot: System\n#     halted\n" },
	{ "d", "Subtest: x", "#   unknown rule: Subtest: x\n#     d\n" },
	{ "d", "x\nok 1 x", "#   unknown rule: x\\nok 1 x\n#     d\n" },
};

static void test_enders(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(enders); i++) {
		struct case_record *rec = case_record_create("a");
		_cleanup_free_ char *got = NULL;

		rec->verdict = VERDICT_FAIL;
		rec->findings = xcalloc(1, sizeof(*rec->findings));
		rec->findings[rec->finding_count++] = (struct finding){
			.rule = xstrdup(enders[i].rule), .detail = xstrdup(enders[i].detail)
		};
		got = write_case(rec);
		if (!strstr(got, enders[i].line))
			fail_msg("%s", got);
		case_record_destroy(rec);
	}
}

/* No text of the result line ends it either. */
static void test_ender_name(void **state)
{
	struct case_record *rec = case_record_create("reboot: System halted");
	_cleanup_free_ char *got = NULL;

	(void)state;
	rec->verdict = VERDICT_SKIP;
	free(rec->reason);
	rec->reason = xstrdup("List of all partitions:");
	got = write_case(rec);
	assert_string_equal(got, "ok 1 reboot\\x3a System halted # SKIP List of all "
				 "partitions\\x3a\n");
	case_record_destroy(rec);
}

/* Each line is a comment but the last, all are printable, and there is an end to it. */
static void check_tame(const char *text)
{
	const char *p = text;

	assert_true(strlen(text) < 200000);
	while (*p) {
		size_t n = strcspn(p, "\n");
		bool last = !p[n + 1];

		assert_int_equal(p[n], '\n');
		assert_true(last ? !strncmp(p, "not ok 1 ", 9) : p[0] == '#');
		for (size_t i = 0; i < n; i++)
			assert_true(p[i] >= 0x20 && p[i] < 0x7f);
		p += n + 1;
	}
}

static void test_hostile(void **state)
{
	struct case_record *rec = case_record_create("x");
	char *big = xcalloc(1, (1 << 20) + 1);
	_cleanup_free_ char *got = NULL;

	(void)state;
	memset(big, 'x', 1 << 20);
	memcpy(big, "ok 1 x\n\033]0;t\a\xff\xfe\r\n", 18);
	for (size_t i = 100; i < 1 << 19; i += 2)
		big[i] = '\n';
	rec->guest_end = GUEST_END_FINE;
	rec->end_seen = true;
	for (int i = 0; i < 50; i++)
		case_record_add_step(rec, &(struct case_step){ .status = STEP_FAIL,
							       .line = 3,
							       .step = big,
							       .rule = (char *)"content.dma",
							       .expected = big,
							       .found = big,
							       .detail = big });
	case_record_judge(rec);
	assert_int_equal(rec->verdict, VERDICT_FAIL);
	got = write_case(rec);
	check_tame(got);
	assert_non_null(strstr(got, "# and 42 more findings\n"));
	assert_non_null(strstr(got, "# content.dma: DMA wrote"));
	case_record_destroy(rec);
	free(big);
}

/* The tests of a selftest: nested, with numbers of their own, whatever a guest sent. */
static void test_nested(void **state)
{
	struct case_record *rec = case_record_create("x");
	_cleanup_free_ char *got = NULL;

	(void)state;
	rec->guest_end = GUEST_END_FINE;
	rec->end_seen = true;
	for (unsigned int i = STEP_OK; i <= STEP_ERROR; i++)
		case_record_add_step(rec,
				     &(struct case_step){ .test = 9,
							  .status = (enum step_status)i,
							  .rule = (char *)"program.exit",
							  .found = (char *)"a # XFAIL\nok 1" });
	case_record_add_step(rec, &(struct case_step){ .test = 1 });
	case_record_add_step(rec, &(struct case_step){ .line = 1 });
	case_record_judge(rec);
	got = write_case(rec);
	assert_non_null(strstr(got, "  KTAP version 1\n  1..5\n  ok 1 a _ XFAIL\\nok 1\n"
				    "  not ok 2 a _ XFAIL\\nok 1\n  ok 3 a _ XFAIL\\nok 1 # SKIP\n"
				    "  not ok 4 a _ XFAIL\\nok 1 # ERROR\n  ok 5 unnamed\n"));
	case_record_destroy(rec);
}

/* An interrupted run still has as many results as its plan. */
static void test_totals(void **state)
{
	struct case_record *rec = case_record_create("a");
	char *out = NULL;
	size_t len;
	FILE *f = open_memstream(&out, &len);
	struct render r;

	(void)state;
	render_start(&r, &renderer_ktap, f, &(struct render_run){ .planned = 4 });
	for (int v = VERDICT_PASS; v <= VERDICT_SKIP; v++) {
		rec->verdict = (enum verdict)v;
		render_case(&r, 0, rec);
	}
	assert_int_equal(render_end(&r, 0, "interrupted"), 0);
	fclose(f);
	assert_non_null(strstr(out, "\nok 1 a\n"));
	assert_non_null(strstr(out, "\nnot ok 2 a\n"));
	assert_non_null(strstr(out, "\nok 3 a # SKIP not run\n"));
	assert_non_null(strstr(out, "\nnot ok 4 not-run # ERROR interrupted\n"
				    "# Totals: pass:1 fail:1 xfail:0 xpass:0 skip:1 error:1\n"));
	free(out);
	case_record_destroy(rec);
}

static void test_full_disk(void **state)
{
	FILE *f = fopen("/dev/full", "w");
	struct render r;

	(void)state;
	assert_non_null(f);
	render_start(&r, &renderer_ktap, f, &(struct render_run){ .planned = 0 });
	assert_int_equal(render_end(&r, 0, NULL), -1);
	fclose(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_results), cmocka_unit_test(test_lost),
		cmocka_unit_test(test_hostile), cmocka_unit_test(test_nested),
		cmocka_unit_test(test_totals),	cmocka_unit_test(test_full_disk),
		cmocka_unit_test(test_enders),	cmocka_unit_test(test_ender_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
