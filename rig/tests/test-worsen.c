/* SPDX-License-Identifier: GPL-2.0-only */
/* What may make a case worse: the rows, the ladder, and what is taken away. No guest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "worsen/ladder.h"
#include "worsen/shrink.h"

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

static const char block[] = "fs      xfs\n"
			    "file    a 4M written\n"
			    "repeat  20\n"
			    "file    b 4M clone a\n"
			    "map     m b 0 4M shared rw\n"
			    "start   w write b 2K 4094K\n"
			    "touch   m 2K write\n"
			    "wait    w\n"
			    "check   b\n"
			    "unmap   m\n"
			    "unlink  b\n"
			    "end\n";

static const struct way *way_of(const struct way *table, const char *name)
{
	while (table->name && strcmp(table->name, name) != 0)
		table++;
	assert_non_null(table->name);
	return table;
}

static void expect_error(struct err *err, enum err_code code, const char *said)
{
	assert_non_null(err);
	assert_int_equal(err->code, code);
	if (!strstr(err->message, said))
		fail_msg("'%s' does not say '%s'", err->message, said);
	err_free(err);
}

static void expect_usage(struct err *err, const char *said)
{
	expect_error(err, ERR_USAGE, said);
}

/* What each row makes of a sample; NULL: it does not apply, for the reason that is given. */
static const struct {
	const char *shape, *sequel, *text;
	const char *has, *lacks; /* parts, with ";;" between */
	const char *why;
} rows[] = {
	{ "", "", held, "\ncheck   c\n", "\nroom", NULL },
	{ "", "rest", held,
	  "\nroom    21M\n;;blocks\nsync\nfile    w-rest rest written\ncheck   p\n;;"
	  "completes\ncheck   m\ncheck   a\ncheck   b\ncheck   w-rest\n",
	  "file    c;;check   c;;blocks\ncheck   a", NULL },
	{ "", "small", held, "blocks\nsync\nfile    w1 4K written\n;;file    w8 4K written\n",
	  "w9;;rest", NULL },
	{ "", "truncate", held,
	  "blocks\nstart   w-t0 truncate a 0\nstart   w-t1 truncate b 0\nsync\n", "file    c",
	  NULL },
	{ "", "unlink", held, "blocks\nstart   w-t0 unlink a\nstart   w-t1 unlink b\nsync\n",
	  "check   a", NULL },
	{ "", "store", held, NULL, NULL, "the mapping is read-only" },
	{ "writable", "store", held,
	  "shared rw\n;;blocks\nfile    c rest written\ncheck   c\ntouch   m 4M write\n", NULL,
	  NULL },
	{ "", "read", held, "touch   m 4M read\ncheck   p\n", NULL, NULL },
	{ "", "map", held,
	  "map     w-m0 a 0 4M shared r\ncheck   w-m0\nunmap   w-m0\nmap     w-m1 b 0 64K shared r\n",
	  NULL, NULL },
	{ "", "mount", held,
	  "completes\ncheck   c\nunmap   m\nfsck\nremount\ncheck   a\ncheck   b\ncheck   c\n", NULL,
	  NULL },
	{ "", "umount", held,
	  "check   c\nunmap   m\nstart   w-u umount\nunpin   p\nremount\ncheck   a\n", "completes",
	  NULL },
	{ "", "reuse", held,
	  "unmap   m\nunlink  a\nunlink  b\nsync\nfile    w-new rest written\nmap     w-m w-new 0 8M "
	  "shared rw\ntouch   w-m 8M write\ncheck   w-m\nunmap   w-m\ncheck   w-new\nstart   w-t "
	  "truncate w-new 0\n",
	  "file    c", NULL },
	{ "longer", "", held,
	  "pin     p vmsplice m+2M 64K\nstart   t punch a 2M 64K\n;;b 64K written", NULL, NULL },
	{ "rdma", "", held, "pin     p rdma m+2M 4K\n", "vmsplice", NULL },
	{ "odirect", "rest", held, "pin     p odirect m+2M 4K\n", "check   p", NULL },
	{ "vmsplice", "", held, NULL, NULL, "no other pin holds a page" },
	{ "uring", "", held, NULL, NULL, "it holds no page of a file" },
	{ "rdma-devdax", "", held, NULL, NULL, "it holds no page of a file" },
	{ "", "mount", block, "unmap   m\nfsck\nremount\ncheck   a\ncheck   b\nunlink  b\nend\n",
	  NULL, NULL },
	{ "", "umount", block, NULL, NULL, "it would be unmounted in a block" },
	{ "", "rest", block, NULL, NULL, "'w-rest' is still there" },
	{ "", "store", block,
	  "check   b\ntouch   m 4M write\n;;unmap   m\ncheck   a\ncheck   b\nunlink  b\n", NULL,
	  NULL },
	{ "longer", "", block, NULL, NULL, "no pin of one page" },
	{ "writable", "", block, NULL, NULL, "no shared mapping is read-only" },
};

static void must(const char *text, const char *parts, bool has)
{
	_cleanup_free_ char *copy = xstrdup(parts ? parts : "");

	for (char *p = copy; p && *p;) {
		char *next = strstr(p, ";;");

		if (next)
			*next = '\0';
		if (!strstr(text, p) == has)
			fail_msg("'%s' is %sin\n%s", p, has ? "not " : "", text);
		p = next ? next + 2 : NULL;
	}
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct way *shape = way_of(way_shapes, rows[i].shape);
		const struct way *sequel = way_of(way_sequels, rows[i].sequel);
		_cleanup_free_ char *text = NULL;
		struct draft d;
		bool ok;

		assert_null(draft_init(&d, "x", rows[i].text));
		ok = shape->apply(&d, shape->word) && sequel->apply(&d, sequel->word);
		if (ok == !!rows[i].why)
			fail_msg("row %zu: %s", i, ok ? "applies" : d.why);
		if (ok) {
			text = draft_text(&d);
			must(text, rows[i].has, true);
			must(text, rows[i].lacks, false);
		} else {
			must(d.why, rows[i].why, true);
		}
		draft_deinit(&d);
	}
}

/* No row is without a test above. */
static void test_all_rows(void **state)
{
	(void)state;
	for (const struct way *w = way_sequels; w->name; w++) {
		bool found = false;

		for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
			found |= strcmp(rows[i].sequel, w->name) == 0;
		if (!found)
			fail_msg("no test of '%s'", w->name);
	}
}

static void test_filesystem(void **state)
{
	_cleanup_free_ char *text = NULL;
	struct draft d;

	(void)state;
	assert_null(draft_init(&d, "x", held));
	assert_true(way_filesystem(&d, "ext4"));
	text = draft_text(&d);
	must(text, "fs      ext4\n", true);
	must(text, "xfs", false);
	draft_deinit(&d);
	assert_null(draft_init(&d, "x", block));
	assert_false(way_filesystem(&d, "ext4"));
	must(d.why, "ext4 cannot share extents", true);
	draft_deinit(&d);
}

/* Each attempt is a scenario, the first is the case; the rest is named with a reason. */
static void test_attempts(void **state)
{
	struct attempts c;

	(void)state;
	assert_null(attempts_make(&c, "x", "xfs", held));
	assert_string_equal(c.v[0].name, "as-it-is");
	assert_string_equal(c.v[1].name, "rest");
	assert_true(c.n > 30 && c.nr_left_out > 4);
	for (size_t i = 0; i < c.n; i++) {
		struct draft d;

		assert_null(draft_init(&d, c.v[i].name, c.v[i].text));
		assert_true(way_has_cause(c.v[i].own, c.v[i].text));
		draft_deinit(&d);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(c.v[i].name, c.v[j].name);
	}
	for (size_t i = 0; i < c.nr_left_out; i++)
		assert_true(*c.left_out[i].why);
	attempts_deinit(&c);
	expect_usage(attempts_make(&c, "x", "xfs", "nonsense\n"),
		     "no step or operation 'nonsense'");
	attempts_deinit(&c);
	expect_usage(attempts_make(&c, "x", "xfs", ""), "at least one step");
	attempts_deinit(&c);
}

static void test_cause(void **state)
{
	(void)state;
	assert_true(way_has_cause(held, held));
	assert_true(way_has_cause(block, "file a 4M written\nfile    b 4M clone a\n"));
	assert_false(way_has_cause(held,
				   "file    a 4M written\nmap     m a 0 4M shared r\n"
				   "pin     p vmsplice m+2M 4K\nstart   t umount\nunpin   p\n"));
}

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
	bool * not ;

	(void)state;
	assert_null(attempts_make(&c, "x", "xfs", held));
	not = xcalloc(c.n, sizeof(*not ));
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
	assert_null(attempts_best(&c, RUNG_OTHERS, not ));
	assert_ptr_equal(attempts_best(&c, RUNG_FREED, not ), &c.v[2]);
	not [2] = true;
	assert_ptr_equal(attempts_best(&c, RUNG_FREED, not ), &c.v[1]);
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
	free(not );
}

/* Shows it as long as the scenario has all these parts; counts and may end. */
struct made_up {
	const char *needs;
	unsigned int asked, late_after;
	bool breaks;
};

static struct err *made_up_shows(void *arg, const char *text, bool *shown)
{
	struct made_up *m = arg;
	_cleanup_free_ char *copy = xstrdup(m->needs);
	char *save = NULL;

	m->asked++;
	*shown = true;
	for (char *p = strtok_r(copy, ";", &save); p; p = strtok_r(NULL, ";", &save))
		*shown &= strstr(text, p) != NULL;
	return m->breaks ? err_create(ERR_INFRA, "no guest") : NULL;
}

static bool made_up_late(void *arg)
{
	const struct made_up *m = arg;

	return m->late_after && m->asked >= m->late_after;
}

static void test_shrink(void **state)
{
	struct made_up m = { .needs = "start   t;unpin" };
	const struct shrink_runner run = { made_up_shows, made_up_late, &m };
	struct shrunk s;

	(void)state;
	assert_null(shrink(&run, held, &s));
	/* what the language needs stays, with the comment and the headers */
	assert_string_equal(s.text, "# a page is held\nfs      xfs ext4\nfile    a 4M written\n"
				    "map     m a 0 4M shared r\npin     p vmsplice m+2M 4K\n"
				    "start   t punch a 2M 4K\nunpin   p\n");
	assert_true(s.whole);
	assert_int_equal(s.runs, m.asked);
	free(s.text);
	/* nothing can go */
	m = (struct made_up){ .needs = held };
	assert_null(shrink(&run, held, &s));
	assert_string_equal(s.text, held);
	assert_true(s.whole);
	free(s.text);
	/* no time */
	m = (struct made_up){ .needs = "start   t", .late_after = 2 };
	assert_null(shrink(&run, held, &s));
	assert_false(s.whole);
	assert_int_equal(m.asked, 2);
	free(s.text);
	/* an error leaves a whole scenario */
	m = (struct made_up){ .needs = "start   t", .breaks = true };
	expect_error(shrink(&run, held, &s), ERR_INFRA, "no guest");
	assert_string_equal(s.text, held);
	assert_int_equal(m.asked, 1);
	free(s.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),	   cmocka_unit_test(test_all_rows),
		cmocka_unit_test(test_filesystem), cmocka_unit_test(test_attempts),
		cmocka_unit_test(test_cause),	   cmocka_unit_test(test_judge),
		cmocka_unit_test(test_order),	   cmocka_unit_test(test_ladder),
		cmocka_unit_test(test_shrink),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
