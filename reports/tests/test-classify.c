/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What nights say of one case, from a table. A run is RELEASE:OUTCOME[K/N], K of N rechecks
 * failed; two runs of one release are of one build. A second case passes in every run, so
 * that the runs are there without the first.
 *
 *	p pass   f fails by A   g fails by B   k fails by a known finding   b by A and a known one
 *	s skip   e error   l pass, but an oracle was lost   - not in the plan   u untested
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "reports/history/history.h"

#define CASE "xfs/clone-killed/rdma"

static uint32_t finding(struct history *h, const char *found, const char *known)
{
	return history_finding(h, &(struct history_finding){ .rule = "contract.waits",
							     .found = (char *)found,
							     .known = (char *)known });
}

/* The row of the outcome @c; findings are to be freed or given away. */
static struct history_row row_of(struct history *h, char c)
{
	struct history_row row = { .of = history_case(h, CASE, "1"), .verdict = VERDICT_FAIL };
	uint32_t a = finding(h, "A", ""), b = finding(h, "B", ""), k = finding(h, "A", "listed");

	row.findings = xcalloc(2, sizeof(*row.findings));
	row.nr_findings = 1;
	switch (c) {
	case 'f':
		row.findings[0] = a;
		break;
	case 'g':
		row.findings[0] = b;
		break;
	case 'k':
		row.findings[0] = k;
		break;
	case 'b':
		row.findings[row.nr_findings++ - 1] = k;
		row.findings[1] = a;
		break;
	default:
		row.nr_findings = 0;
		row.verdict = c == 's' ? VERDICT_SKIP : c == 'e' ? VERDICT_ERROR : VERDICT_PASS;
		row.lost = c == 'l';
	}
	return row;
}

/* How the runs of a row differ from each other beside the kernel. */
struct difference {
	const char *geometry, *accel, *plan, *profile, *match;
	bool cut; /* the last run is incomplete */
};

static void add_rechecks(struct history *h, uint32_t run, const char *spec, char fail)
{
	unsigned int k, n;

	if (sscanf(spec, "%u/%u", &k, &n) != 2)
		return;
	for (unsigned int i = 0; i < n; i++) {
		struct history_row try = row_of(h, i < k ? fail : 'p');

		history_recheck(h, run, &try);
		free(try.findings);
	}
}

static void add_run(struct history *h, const char *word, const struct difference *d)
{
	char release[32], c;
	int used = 0;
	uint32_t run;
	struct history_run r = { .complete = !d->cut, .path = xstrdup("x") };

	assert_int_equal(sscanf(word, "%31[^:]:%c%n", release, &c, &used), 2);
	r.release = xstrdup(release);
	r.key = xstrdup(release);
	r.plan = xstrdup(d->plan ? d->plan : "quick");
	r.geometry = xstrdup(d->geometry ? d->geometry : "");
	r.accel = xstrdup(d->accel ? d->accel : "tcg");
	r.profile = xstrdup(d->profile ? d->profile : "");
	r.match = xstrdup(d->match ? d->match : "");
	if (c == 'u') {
		r.untested = xstrdup("it does not boot");
	} else {
		r.rows = xcalloc(2, sizeof(*r.rows));
		r.rows[r.nr_rows++] = (struct history_row){
			.of = history_case(h, "ext4/other", "1"), .verdict = VERDICT_PASS
		};
		if (c != '-')
			r.rows[r.nr_rows++] = row_of(h, c);
	}
	run = history_run(h, &r);
	add_rechecks(h, run, word + used, strchr("fgkb", c) ? c : 'f');
}

/* Adds the runs of @text; the last of them differs by @d. */
static void add_runs(struct history *h, const char *text, const struct difference *d)
{
	static const struct difference none;
	char word[64];
	int used;

	while (sscanf(text, " %63s%n", word, &used) == 1) {
		text += used;
		add_run(h, word, text[strspn(text, " ")] ? &none : d);
	}
	history_classify(h);
}

static char letter(const struct history *h, uint32_t run)
{
	const struct history_case sought = { (char *)CASE, (char *)"1" };
	const struct history_row *row = NULL;

	if (*h->runs[run].untested)
		return 'U';
	for (uint32_t i = 0; i < h->nr_cases && !row; i++)
		if (strcmp(h->cases[i].name, sought.name) == 0)
			row = history_row(h, run, i);
	return row ? status_letter(row->status) : ' ';
}

struct row {
	const char *runs, *letters;
	struct difference last;
};

static const struct row table[] = {
	/* new: by no list and no history; in two of six tries, too */
	{ "6.12.1:f", "N", { 0 } },
	{ "6.12.1:f1/5", "N", { 0 } },
	{ "6.12.1:f5/5", "N", { 0 } },
	/* a recheck that never shows it again is one build with both outcomes */
	{ "6.12.1:f0/5", "F", { 0 } },
	/* a list knows it; one finding of two is not enough; what was known before is no history */
	{ "6.12.1:k", "K", { 0 } },
	{ "6.12.1:b", "N", { 0 } },
	{ "6.12.1:k 6.12.1:f5/5", "KN", { 0 } },
	{ "6.12.1:f 6.12.1:k", "NK", { 0 } },
	/* still: the same finding again; another finding is new */
	{ "6.12.1:f 6.12.1:f", "NS", { 0 } },
	{ "6.12.1:f 6.12.2:f 6.12.3:f", "NSS", { 0 } },
	{ "6.12.1:f 6.12.1:g", "NN", { 0 } },
	/* of a comparable run, only the kernel differs: of any line */
	{ "6.12.1:f 7.3.1:f", "NS", { 0 } },
	{ "6.12.1:f 6.12.1:f", "NN", { .geometry = "vcpus=2" } },
	{ "6.12.1:f 6.12.1:f", "NN", { .accel = "kvm" } },
	{ "6.12.1:f 6.12.1:f", "NN", { .plan = "full" } },
	{ "6.12.1:f 6.12.1:f", "NN", { .profile = "+kasan" } },
	{ "6.12.1:f 6.12.1:f",
	  "NS",
	  { .match = "xfs/"
		     "*" } },
	/* regressed: it passed on an older kernel of the line, not of another, not of this build */
	{ "6.12.1:p 6.12.2:f", ".R", { 0 } },
	{ "6.12.1:p 6.12.2:f 6.12.2:f", ".RS", { 0 } },
	{ "6.1.1:p 6.12.2:f", ".N", { 0 } },
	{ "6.12.1:p 6.12.1:f1/5", ".N", { 0 } },
	{ "6.12.1:l 6.12.2:f", "LN", { 0 } },
	{ "6.12.1:s 6.12.2:f", "-N", { 0 } },
	{ "6.12.1:e 6.12.2:f", "LN", { 0 } },
	{ "6.12.1:p 6.12.2:k", ".K", { 0 } },
	{ "6.12.1:p 6.12.2:f0/5", ".F", { 0 } },
	/* flaky: both outcomes on one build */
	{ "6.12.1:f 6.12.1:p", "NF", { 0 } },
	{ "6.12.1:f 6.12.1:p 6.12.1:f", "NFF", { 0 } },
	{ "6.12.1:f 6.12.1:f3/5", "NF", { 0 } },
	{ "6.12.1:k 6.12.1:p", "KF", { 0 } },
	/* fixed: passes at 1 % of chance, 6 of 6 in 3 passes, 1 of 1 in 5 */
	{ "6.12.1:f5/5 6.12.2:p", "N.", { 0 } },
	{ "6.12.1:f5/5 6.12.2:p0/2", "NX", { 0 } },
	{ "6.12.1:f5/5 6.12.2:p 6.12.3:p 6.12.4:p 6.12.5:p", "N..X.", { 0 } },
	{ "6.12.1:f 6.12.2:p0/3", "N.", { 0 } },
	{ "6.12.1:f 6.12.2:p0/4", "NX", { 0 } },
	{ "6.12.1:k5/5 6.12.2:p0/5", "KX", { 0 } },
	/* one of six: a pass in six tries is no surprise */
	{ "6.12.1:f0/5 6.12.2:p0/5", "F.", { 0 } },
	{ "6.12.1:f5/5 6.12.2:l 6.12.3:e 6.12.4:s", "NLLG", { 0 } },
	{ "6.12.1:f5/5 6.12.2:p1/5", "NF", { 0 } },
	/* another kernel that passes fixes nothing here */
	{ "6.12.1:f5/5 7.3.1:p0/5", "N.", { 0 } },
	/* fixed, and there again */
	{ "6.12.1:f5/5 6.12.2:p0/5 6.12.3:f", "NXR", { 0 } },
	/* gone: it ran, and now it is skipped or not in the plan; told once */
	{ "6.12.1:p 6.12.1:s 6.12.1:s", ".G-", { 0 } },
	{ "6.12.1:p 6.12.1:- 6.12.1:-", ".G ", { 0 } },
	{ "6.12.1:f 6.12.1:-", "NG", { 0 } },
	{ "6.12.1:p 6.12.1:-", ". ", { .cut = true } },
	{ "6.12.1:p 6.12.1:-",
	  ". ",
	  { .match = "ext4/"
		     "*" } },
	{ "6.12.1:p 7.3.1:-", ". ", { 0 } },
	{ "6.12.1:s 6.12.1:-", "- ", { 0 } },
	/* lost: never a pass, never fixed; a recheck that ran counts */
	{ "6.12.1:e", "L", { 0 } },
	{ "6.12.1:l", "L", { 0 } },
	{ "6.12.1:e0/5", ".", { 0 } },
	{ "6.12.1:e 6.12.1:e", "LL", { 0 } },
	/* an untested kernel says nothing of a case */
	{ "6.12.1:p 6.12.2:u 6.12.3:f", ".UR", { 0 } },
	{ "6.12.1:f 6.12.2:u 6.12.3:f", "NUS", { 0 } },
};

static void test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct history h = HISTORY_INIT;
		char seen[16] = "";

		add_runs(&h, table[i].runs, &table[i].last);
		for (uint32_t run = 0; run < h.nr_runs; run++)
			seen[run] = letter(&h, run);
		if (strcmp(seen, table[i].letters) != 0)
			fail_msg("%s: '%s', expected '%s'", table[i].runs, seen, table[i].letters);
		history_deinit(&h);
	}
}

/* A changed scenario is another case: gone and new, but never fixed. */
static void test_changed_scenario(void **state)
{
	struct history h = HISTORY_INIT;
	static const struct difference none;
	const struct history_row *old;

	(void)state;
	add_run(&h, "6.12.1:f5/5", &none);
	for (int i = 0; i < 2; i++) {
		struct history_run r = { .complete = true,
					 .release = xstrdup("6.12.2"),
					 .key = xstrdup("6.12.2"),
					 .plan = xstrdup("quick"),
					 .accel = xstrdup("tcg"),
					 .rows = xcalloc(1, sizeof(*r.rows)),
					 .nr_rows = 1 };

		r.rows[0] = (struct history_row){ .of = history_case(&h, CASE, "2"),
						  .verdict = VERDICT_PASS };
		history_run(&h, &r);
	}
	history_classify(&h);
	old = history_row(&h, 1, history_case(&h, CASE, "1"));
	assert_non_null(old);
	assert_int_equal(old->status, STATUS_GONE);
	for (uint32_t run = 1; run < 3; run++)
		assert_int_equal(history_row(&h, run, history_case(&h, CASE, "2"))->status,
				 STATUS_PASS);
	history_deinit(&h);
}

/* Two kernels of one night show a finding: both are told as new. */
static void test_same_night(void **state)
{
	static const struct difference none;
	struct history h = HISTORY_INIT;

	(void)state;
	add_run(&h, "6.12.1:f", &none);
	add_run(&h, "7.3.1:f", &none);
	for (int i = 0; i < 2; i++) {
		free(h.runs[i].night);
		h.runs[i].night = xstrdup("2026-11-30");
	}
	history_classify(&h);
	assert_int_equal(letter(&h, 0), 'N');
	assert_int_equal(letter(&h, 1), 'N');
	free(h.runs[1].night);
	h.runs[1].night = xstrdup("2026-12-01");
	history_classify(&h);
	assert_int_equal(letter(&h, 1), 'S');
	history_deinit(&h);
}

static void test_good_and_bad(void **state)
{
	static const struct difference none;
	struct history h = HISTORY_INIT;
	const struct history_row *row;

	(void)state;
	add_runs(&h, "6.12.1:p 6.12.2:p 6.12.3:f 6.12.4:f 6.12.5:p0/5", &none);
	row = history_row(&h, 3, history_case(&h, CASE, "1"));
	assert_int_equal(row->last_good, 1);
	assert_int_equal(row->first_bad, 2);
	row = history_row(&h, 0, history_case(&h, CASE, "1"));
	assert_int_equal(row->last_good, HISTORY_NONE);
	assert_int_equal(row->first_bad, HISTORY_NONE);
	row = history_row(&h, 4, history_case(&h, CASE, "1"));
	assert_int_equal(row->status, STATUS_FIXED);
	assert_int_equal(row->first_bad, HISTORY_NONE);
	assert_int_equal(h.runs[4].before, 3);
	history_deinit(&h);
}

/* Repeats of a case in one run are tries of one row. */
static void test_repeats(void **state)
{
	struct history h = HISTORY_INIT;
	struct history_run r = { .complete = true,
				 .rows = xcalloc(3, sizeof(*r.rows)),
				 .nr_rows = 3 };

	(void)state;
	r.rows[0] = row_of(&h, 'p');
	r.rows[1] = row_of(&h, 'f');
	r.rows[2] = row_of(&h, 'f');
	history_run(&h, &r);
	assert_int_equal(h.runs[0].nr_rows, 1);
	assert_int_equal(h.runs[0].rows[0].fails, 2);
	assert_int_equal(h.runs[0].rows[0].tries, 3);
	assert_int_equal(h.runs[0].rows[0].verdict, VERDICT_FAIL);
	assert_int_equal(h.runs[0].rows[0].nr_findings, 1);
	history_deinit(&h);
}

static void test_exit_status(void **state)
{
	static const struct {
		const char *runs;
		bool cut;
		int status;
	} rows[] = {
		{ "6.12.1:p", false, 0 },	   { "6.12.1:k", false, 0 },
		{ "6.12.1:f", false, 1 },	   { "6.12.1:f", true, 1 },
		{ "6.12.1:p 6.12.2:f", false, 1 }, { "6.12.1:f 6.12.1:f", false, 0 },
		{ "6.12.1:p", true, 3 },	   { "6.12.1:e", false, 3 },
		{ "6.12.1:u", false, 3 },	   { "6.12.1:f0/5", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct history h = HISTORY_INIT;
		const struct difference d = { .cut = rows[i].cut };

		add_runs(&h, rows[i].runs, &d);
		if (history_exit_status(&h.runs[h.nr_runs - 1]) != rows[i].status)
			fail_msg("%s: expected %d", rows[i].runs, rows[i].status);
		history_deinit(&h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),	     cmocka_unit_test(test_changed_scenario),
		cmocka_unit_test(test_good_and_bad), cmocka_unit_test(test_same_night),
		cmocka_unit_test(test_repeats),	     cmocka_unit_test(test_exit_status),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
