// SPDX-License-Identifier: GPL-2.0-only
/* The page of one record; its golden is written by DAXRIG_REGEN=1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "reports/render/render.h"
#include "reports/tests/page-check.h"
#include "tests/scratch.h"

#define GOLDEN "reports/tests/goldens/render-html.html"
#define CASES 6

static const char evil[] =
	"<script>alert(1)</script>\"'&\x01\x1b[2J\xff javascript:alert(1)\n]]>-->";

static void add_finding(struct case_record *c, const char *rule, const char *found,
			const char *known)
{
	c->verdict = VERDICT_FAIL;
	c->findings = xcalloc(1, sizeof(*c->findings));
	c->findings[0] = (struct finding){ .rule = xstrdup(rule),
					   .line = 7,
					   .step = xstrdup("check a"),
					   .expected = xstrdup("zeroes"),
					   .found = xstrdup(found),
					   .detail = xstrdup("one\n\ttwo"),
					   .known = known ? xstrdup(known) : NULL };
	c->finding_count = 1;
	free(c->reason);
	c->reason = xasprintf("%s: found %s", rule, found);
}

/* A pass, a known fail, an unknown one, a skip, an error, and one made of hostile bytes. */
static void make_cases(struct case_record **v)
{
	static const char *const names[CASES] = { "xfs/passes", "xfs/known", "xfs/new",
						  "ext2/skips", "xfs/error", evil };

	for (int i = 0; i < CASES; i++)
		v[i] = case_record_create(names[i]);
	v[0]->verdict = VERDICT_PASS;
	add_finding(v[1], "splat", "WARNING in f", "f-warns");
	add_finding(v[2], "content.file", "17 bytes", NULL);
	v[2]->scenario = xstrdup("file a 4M\ncheck a < b\n");
	case_record_add_evidence(v[2], "console", "cases/003-x/console log", NULL);
	v[3]->verdict = VERDICT_SKIP;
	case_record_add_error(v[4], "the host is full");
	add_finding(v[5], evil, evil, NULL);
	v[5]->scenario = xstrdup(evil);
	case_record_add_evidence(v[5], evil, evil, evil);
	case_record_add_evidence(v[5], "up", "../../etc/passwd", NULL);
	case_record_add_error(v[5], "%s", evil);
}

static char *rendered(const struct render_run *run, struct case_record *const *cases, int n)
{
	char *out = NULL;
	size_t len;
	FILE *f = open_memstream(&out, &len);
	struct render r;

	render_start(&r, &renderer_html, f, run);
	for (int i = 0; i < n; i++)
		render_case(&r, 0, cases[i]);
	assert_int_equal(render_end(&r, 0, NULL), 0);
	fclose(f);
	return out;
}

static void free_cases(struct case_record **v)
{
	for (int i = 0; i < CASES; i++)
		case_record_destroy(v[i]);
}

static void test_golden(void **state)
{
	const struct render_run run = { .planned = CASES,
					.started = "2026-11-30T02:00:00+01:00",
					.kernel_release = "6.12.103-amd64",
					.kernel_spec = "deb:6.12",
					.plan = "quick",
					.duration_ns = 61000000000,
					.incomplete = true,
					.end_reason = "interrupted" };
	struct case_record *cases[CASES];
	_cleanup_free_ char *page = NULL;
	_cleanup_buf_ struct buf want = BUF_INIT;
	struct page_check p = { .path = "golden" };

	(void)state;
	make_cases(cases);
	page = rendered(&run, cases, CASES - 1);
	free_cases(cases);
	page_check(&p, page, strlen(page));
	/* what is new comes first */
	assert_true(strstr(page, "</span> xfs/new") < strstr(page, "</span> xfs/known, known as"));
	if (getenv("DAXRIG_REGEN"))
		ok(file_write_atomic(GOLDEN, page, strlen(page)));
	ok(file_read(GOLDEN, 1u << 20, &want));
	assert_string_equal(page, buf_str(&want));
}

static void test_hostile(void **state)
{
	const struct render_run run = { .path = evil,
					.started = evil,
					.kernel_release = evil,
					.kernel_spec = evil,
					.plan = evil,
					.accel = evil,
					.incomplete = true,
					.end_reason = evil };
	struct case_record *cases[CASES];
	_cleanup_free_ char *page = NULL;
	struct page_check p = { .path = "hostile" };

	(void)state;
	make_cases(cases);
	page = rendered(&run, cases, CASES);
	free_cases(cases);
	page_check(&p, page, strlen(page));
	assert_non_null(strstr(page, "&lt;script&gt;"));
	assert_non_null(strstr(page, "not kept: <code>../../etc/passwd"));
}

static void test_empty(void **state)
{
	const struct render_run run = { 0 };
	_cleanup_free_ char *page = rendered(&run, NULL, 0);
	struct page_check p = { .path = "empty" };

	(void)state;
	page_check(&p, page, strlen(page));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
