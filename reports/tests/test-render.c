// SPDX-License-Identifier: GPL-2.0-only
/* Holds for all renderers, and for their frame. */
#include <setjmp.h>
#include <stdarg.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "reports/record/run-json.h"
#include "reports/render/render.h"

static const struct renderer *find(const char *name, size_t len)
{
	for (const struct renderer *const *r = renderers; *r; r++)
		if (strlen((*r)->name) == len && strncmp((*r)->name, name, len) == 0)
			return *r;
	return NULL;
}

/* Each renderer has a row: without one nobody could use it. */
static void test_each_file_has_a_row(void **state)
{
	DIR *dir = opendir("reports/render");
	size_t files = 0, rows = 0;
	struct dirent *e;

	(void)state;
	assert_non_null(dir);
	while ((e = readdir(dir))) {
		if (!str_ends(e->d_name, ".c") || strcmp(e->d_name, "render.c") == 0)
			continue;
		if (!find(e->d_name, strlen(e->d_name) - 2))
			fail_msg("reports/render/%s has no row in render.c", e->d_name);
		files++;
	}
	closedir(dir);
	for (const struct renderer *const *r = renderers; *r; r++, rows++) {
		assert_true(strlen((*r)->summary) > 5);
		assert_null(strchr((*r)->summary, '\n'));
	}
	assert_int_equal(files, rows);
}

#define CASES 3

static void make_cases(struct case_record **v)
{
	static const char *const names[CASES] = { "xfs/a", "xfs/b", "ext4/b" };

	for (int i = 0; i < CASES; i++) {
		v[i] = case_record_create(names[i]);
		v[i]->guest_end = GUEST_END_FINE;
		v[i]->end_seen = true;
		case_record_add_step(v[i],
				     &(struct case_step){ .line = 1, .step = (char *)"sync" });
	}
	case_record_add_step(v[1], &(struct case_step){ .line = 2,
							.status = STEP_FAIL,
							.step = (char *)"check a",
							.rule = (char *)"content.file",
							.expected = (char *)"e",
							.found = (char *)"f",
							.detail = (char *)"one\ntwo" });
	case_record_see(v[1], ORACLE_LEDGER, SIGHT_LACKING, "no BTF");
	case_record_add_evidence(v[1], "tasks", "cases/2/tasks", NULL);
	case_record_add_error(v[2], "the host is full");
	for (int i = 0; i < CASES; i++)
		case_record_judge(v[i]);
}

/* The output of @renderer for the cases; free() it. */
static char *rendered(const struct renderer *renderer, struct case_record *const *cases)
{
	const struct render_run run = { .planned = CASES };
	char *out = NULL;
	size_t len;
	FILE *f = open_memstream(&out, &len);
	struct render r;

	render_start(&r, renderer, f, &run);
	for (int i = 0; i < CASES; i++) {
		render_begin(&r, 0, cases[i]->name);
		render_tick(&r, 0);
		render_case(&r, 0, cases[i]);
		render_clear(&r);
	}
	assert_int_equal(r.nr_cases, CASES);
	assert_int_equal(r.counts[VERDICT_PASS] + r.counts[VERDICT_FAIL] + r.counts[VERDICT_ERROR],
			 CASES);
	assert_int_equal(render_end(&r, 0, NULL), renderer == &renderer_known);
	assert_null(r.renderer);
	fclose(f);
	return out;
}

/* Each renderer shows the same from the record as during the run. */
static void test_record_as_run(void **state)
{
	struct case_record *cases[CASES];
	struct run_record run = { .started = "", .cases = cases, .case_count = CASES };
	_cleanup_free_ char *text = NULL;
	struct run_summary s;

	(void)state;
	make_cases(cases);
	text = run_json_text(&run);
	assert_null(run_json_parse("record", text, strlen(text), &s));
	assert_int_equal(s.case_count, CASES);
	for (const struct renderer *const *r = renderers; *r; r++) {
		_cleanup_free_ char *live = rendered(*r, cases), *later = rendered(*r, s.cases);

		assert_string_equal(live, later);
		if (strcmp((*r)->name, "null") == 0)
			assert_string_equal(live, "");
		else
			assert_non_null(strchr(live, '\n'));
	}
	run_summary_deinit(&s);
	for (int i = 0; i < CASES; i++)
		case_record_destroy(cases[i]);
}

/* A renderer without hooks prints nothing, and the frame still counts. */
static void test_null(void **state)
{
	const struct render_run run = { .planned = 2 };
	struct case_record *rec = case_record_create("a");
	char *out = NULL;
	size_t len;
	FILE *f = open_memstream(&out, &len);
	struct render r;

	(void)state;
	render_start(&r, &renderer_null, f, &run);
	render_say(&r, 1, "a word");
	render_case(&r, 2, rec);
	assert_int_equal(r.counts[VERDICT_ERROR], 1);
	assert_true(r.now == 2);
	assert_int_equal(render_end(&r, 3, "enough"), 0);
	fclose(f);
	assert_int_equal(len, 0);
	free(out);
	case_record_destroy(rec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_file_has_a_row),
		cmocka_unit_test(test_record_as_run),
		cmocka_unit_test(test_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
