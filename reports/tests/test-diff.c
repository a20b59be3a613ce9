/* SPDX-License-Identifier: GPL-2.0-only */
/* Two runs of one case, by a letter each as in test-classify.c; F fails by another finding. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "reports/history/diff.h"

static void add_run(struct history *h, char c, const char *hash)
{
	struct history_run r = { .complete = true,
				 .release = xstrdup("6.12.1"),
				 .rows = xcalloc(2, sizeof(*r.rows)) };
	const struct history_finding f = { .rule = (char *)"contract.waits",
					   .found = (char *)(c == 'F' ? "B" : "A"),
					   .known = (char *)(c == 'k' ? "listed" : "") };

	r.rows[r.nr_rows++] = (struct history_row){ .of = history_case(h, "ext4/other", "1"),
						    .verdict = VERDICT_PASS };
	if (c != '-') {
		struct history_row *row = &r.rows[r.nr_rows++];

		row->of = history_case(h, "xfs/case", hash);
		row->verdict = strchr("fFk", c) ? VERDICT_FAIL :
			       c == 's'		? VERDICT_SKIP :
			       c == 'e'		? VERDICT_ERROR :
						  VERDICT_PASS;
		row->lost = c == 'l';
		if (row->verdict == VERDICT_FAIL) {
			row->findings = xcalloc(1, sizeof(*row->findings));
			row->findings[row->nr_findings++] = history_finding(h, &f);
		}
	}
	history_run(h, &r);
}

static const struct {
	char a, b;
	int kind; /* -1: the same */
	const char *found;
} table[] = {
	{ 'p', 'p', -1, NULL },
	{ 'f', 'f', -1, NULL },
	{ 's', 's', -1, NULL },
	{ 'e', 'l', -1, NULL },
	/* what a list knows of a finding does not make it another */
	{ 'k', 'f', -1, NULL },
	{ 'p', 'f', DIFF_FAILS, "A" },
	{ 's', 'f', DIFF_FAILS, "A" },
	{ 'e', 'f', DIFF_FAILS, "A" },
	{ 'f', 'F', DIFF_OTHER, "B" },
	{ 'f', 'p', DIFF_PASSES, "A" },
	{ 'e', 'p', DIFF_PASSES, NULL },
	{ 'f', 'e', DIFF_LOST, "A" },
	{ 'p', 'l', DIFF_LOST, NULL },
	{ 'f', 's', DIFF_SKIPS, "A" },
	{ 'f', '-', DIFF_ONLY_A, "A" },
	{ '-', 'f', DIFF_ONLY_B, "A" },
	{ 'p', '-', DIFF_ONLY_A, NULL },
};

static void test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct history h = HISTORY_INIT;
		struct diff d;
		const char *found = NULL;

		add_run(&h, table[i].a, "1");
		add_run(&h, table[i].b, "1");
		/* it adds the row of a case that is gone, which is no case of the second run */
		history_classify(&h);
		diff_runs(&h, 0, 1, &d);
		if (d.n != (table[i].kind >= 0) || (d.n && (int)d.v[0].kind != table[i].kind))
			fail_msg("%c %c: %s", table[i].a, table[i].b,
				 d.n ? diff_kind_name(d.v[0].kind) : "the same");
		if (d.n && d.v[0].finding != HISTORY_NONE)
			found = h.findings[d.v[0].finding].found;
		if (!found != !table[i].found || (found && strcmp(found, table[i].found) != 0))
			fail_msg("%c %c: finding %s", table[i].a, table[i].b, found);
		assert_int_equal(d.same, d.n ? 1 : 2);
		diff_deinit(&d);
		history_deinit(&h);
	}
}

static void test_text(void **state)
{
	struct history h = HISTORY_INIT;
	struct diff d;

	(void)state;
	add_run(&h, 'p', "1");
	add_run(&h, 'p', "2");
	history_classify(&h);
	diff_runs(&h, 0, 1, &d);
	assert_int_equal(d.n, 1);
	assert_int_equal(d.v[0].kind, DIFF_TEXT);
	diff_deinit(&d);
	history_deinit(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_table),
					    cmocka_unit_test(test_text) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
