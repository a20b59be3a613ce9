/* SPDX-License-Identifier: GPL-2.0-only */
/* How bad a finding is, and the ladder of what a case leads to. No guest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "tests/parts.h"
#include "worsen/ladder.h"

/* A page is held, and its file is truncated. */
static const char held[] = "# a page is held\n"
			   "fs      xfs ext4\n"
			   "file    a 4M written\n"
			   "file    b 64K written\n"
			   "map     m a 0 4M shared r\n"
			   "pin     p vmsplice m+2M 4K\n"
			   "start   t punch a 2M 4K\n"
			   "expect  t blocks\n"
			   "file    c rest written\n"
			   "check   c\n"
			   "unpin   p\n"
			   "expect  t completes\n"
			   "check   c\n";

/* Whose bytes they are decides. */
static void test_judge(void **state)
{
	static const char text[] =
		"fs xfs\nfile a 4M written\nfile b 4M clone a\nfile c 4M copy b\n"
		"file w 4M written\nmap m a 0 4M shared rw\nmap n w 0 4M shared r\n"
		"pin p vmsplice m 4K\n";
	static const struct {
		const char *rule, *found;
		enum rung rung;
	} cases[] = {
		{ "content.pin", "pin 'p' offset 0 holds file 'w' offset 0 generation 1 (8 bytes)",
		  RUNG_OTHERS },
		{ "content.pin", "pin 'p' offset 0 holds file 'a' offset 8 generation 1",
		  RUNG_OWN },
		{ "content.pin", "pin 'p' offset 0 holds file 'c' offset 8 generation 1",
		  RUNG_OWN },
		{ "content.dma", "file 'w' offset 0xfc0 holds DMA of pin 'p' offset 1",
		  RUNG_OTHERS },
		{ "content.dma", "file 'b' offset 0xfc0 holds DMA of pin 'p' offset 1", RUNG_OWN },
		{ "content.map", "mapping 'n' offset 0 holds file 'b' offset 0", RUNG_OTHERS },
		{ "content.map", "round 3 of 20: mapping 'n' offset 0 holds file 'b' offset 0",
		  RUNG_OTHERS },
		{ "content.map", "SIGBUS at 'n'+0x0", RUNG_OWN },
		{ "content.file", "file 'a' offset 0 holds zeroes (8 bytes differ)", RUNG_OWN },
		{ "content.file", "file 'a' offset 0 holds stale bytes of the disk, of an",
		  RUNG_OTHERS },
		{ "content.pin", "pin 'p' offset 0 holds the next filesystem's file offset 0",
		  RUNG_OTHERS },
		{ "content.file", "file 'no' offset 0 holds file 'such' offset 0", RUNG_OWN },
		{ "content.file",
		  "file 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' offset 0 holds x",
		  RUNG_OWN },
		{ "content.file", NULL, RUNG_OWN },
		{ "block.freed", "4096 bytes", RUNG_FREED },
		{ "residue.fsck", "", RUNG_DAMAGED },
		{ "guest.panic", "", RUNG_STOPPED },
		{ "contract.killable", "", RUNG_STUCK },
		{ "ledger.refcount", "", RUNG_PAGES },
		{ "contract.waits", "", RUNG_WARNING },
		{ "splat", "kernel BUG in clear_inode", RUNG_STOPPED },
		{ "splat", "WARNING in f", RUNG_WARNING },
		{ "splat", "KASAN: slab-use-after-free Read in f", RUNG_FREED },
		{ "splat", "not among them", RUNG_WARNING },
		{ "no.rule", "", RUNG_WARNING },
	};
	struct splat splats[] = {
		{ .cls = SPLAT_BUG, .title = (char *)"kernel BUG in clear_inode" },
		{ .cls = SPLAT_WARNING, .title = (char *)"WARNING in f" },
		{ .cls = SPLAT_SANITIZER, .title = (char *)"KASAN: slab-use-after-free Read in f" }
	};
	struct splat *list[] = { &splats[0], &splats[1], &splats[2] };
	const struct case_record rec = { .splats = list, .splat_count = 3 };
	struct draft d;

	(void)state;
	assert_null(draft_init(&d, "x", text));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct finding f = { .rule = (char *)cases[i].rule,
					   .found = (char *)cases[i].found };
		enum rung r = judge_finding(d.s, &rec, &f);

		if (r != cases[i].rung)
			fail_msg("row %zu: %s", i, rung_text(r));
	}
	draft_deinit(&d);
}

/* The ladder begins with the worst, and severities do not rise on the way down. */
static void test_order(void **state)
{
	(void)state;
	for (enum rung r = 0; r + 1 < RUNG_NOTHING; r++)
		assert_true(rung_severity(r) <= rung_severity(r + 1));
	assert_int_equal(rung_severity(RUNG_OTHERS), SEVERITY_ACCESS);
	assert_int_equal(rung_severity(RUNG_WARNING), SEVERITY_WARNING);
}

static void record(struct tried *t, const struct scenario *s, enum verdict verdict,
		   const char *rule, const char *found)
{
	struct finding f = { .rule = (char *)rule,
			     .found = (char *)found,
			     .step = (char *)"check \x1b[2J" };
	struct finding two[] = { f, f };
	struct case_record rec = { .verdict = verdict,
				   .reason = (char *)"why",
				   .findings = two,
				   .finding_count = rule ? 2 : 0 };

	tried_add(t, s, &rec);
}

/* What is counted, which attempt is chosen, and what is printed of it. */
static void test_ladder(void **state)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct ladder l = { .name = "xfs/x", .kernel = "deb:7" };
	struct attempts c;
	bool *seen;

	(void)state;
	assert_null(attempts_make(&c, "x", "xfs", held));
	seen = xcalloc(c.n, sizeof(*seen));
	record(&c.v[0].tried, c.v[0].s, VERDICT_FAIL, "contract.waits", "it returned");
	record(&c.v[0].tried, c.v[0].s, VERDICT_PASS, NULL, NULL);
	record(&c.v[0].tried, c.v[0].s, VERDICT_ERROR, NULL, NULL);
	assert_int_equal(c.v[0].tried.tries, 2);
	assert_int_equal(c.v[0].tried.none, 1);
	assert_string_equal(c.v[0].tried.none_why, "error: why");
	assert_int_equal(tried_worst(&c.v[0].tried), RUNG_WARNING);
	for (size_t i = 1; i <= 3; i++) {
		record(&c.v[i].tried, c.v[i].s, VERDICT_FAIL, "block.freed", "\x1b free");
		if (i != 2)
			record(&c.v[i].tried, c.v[i].s, VERDICT_PASS, NULL, NULL);
	}
	assert_null(attempts_best(&c, RUNG_OTHERS, seen));
	assert_ptr_equal(attempts_best(&c, RUNG_FREED, seen), &c.v[2]);
	seen[2] = true;
	assert_ptr_equal(attempts_best(&c, RUNG_FREED, seen), &c.v[1]);
	l.base = &c.v[0];
	assert_null(ladder_worst(&l));
	assert_int_equal(ladder_severity(&l), RUNG_WARNING);
	l.v = xcalloc(2, sizeof(*l.v));
	l.n = 2;
	l.v[0] = (struct ladder_rung){
		.rung = RUNG_OTHERS, .from = &c.v[1], .foreign = true, .text = xstrdup("sync\n")
	};
	record(&l.v[0].tried, c.v[1].s, VERDICT_FAIL, "content.dma", "elsewhere");
	l.v[1] = (struct ladder_rung){ .rung = RUNG_FREED,
				       .from = &c.v[2],
				       .whole = true,
				       .text = xstrdup("file a 4M written\n"),
				       .path = xstrdup("/d/x.scn") };
	tried_copy(&l.v[1].tried, &c.v[2].tried);
	l.where = xcalloc(1, sizeof(*l.where));
	l.nr_where = 1;
	l.where[0] = (struct ladder_where){ .where = xstrdup("on ext4"),
					    .why_not = xstrdup("no \x1b") };
	assert_ptr_equal(ladder_worst(&l), &l.v[1]);
	assert_int_equal(ladder_severity(&l), RUNG_FREED);
	ladder_print(&l, &out);
	must(buf_str(&out),
	     "xfs/x on deb:7 leads to: a block or memory is in use after it was freed\n;;"
	     "this is another bug;;  and eight small files take free blocks\n  1 of 1: block.freed, "
	     "\\x1b free\n  at 'check \\x1b[2J'\n  what it needs:\n      file a 4M written\n  "
	     "/d/x.scn\n;;the case itself\n  1 of 2: contract.waits;;on ext4: no \\x1b\n",
	     true);
	must(buf_str(&out), "\x1b", false);
	ladder_deinit(&l);
	attempts_deinit(&c);
	free(seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_judge),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_ladder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
