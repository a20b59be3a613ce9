/* SPDX-License-Identifier: GPL-2.0-only */
/* What may make a case worse: the rows, the ladder, and what is taken away. No guest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "tests/parts.h"
#include "worsen/attempts.h"
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
	{ "", "mkfs", held, "unmap   m\nstart   w-u umount\nmkfs\ncheck   p\nunpin   p\nremount\n",
	  "remount\ncheck   a;;completes", NULL },
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
	{ "", "mkfs", block, NULL, NULL, "it would be unmounted in a block" },
	{ "", "rest", block, NULL, NULL, "'w-rest' is still there" },
	{ "", "store", block,
	  "check   b\ntouch   m 4M write\n;;unmap   m\ncheck   a\ncheck   b\nunlink  b\n", NULL,
	  NULL },
	{ "longer", "", block, NULL, NULL, "no pin of one page" },
	{ "writable", "", block, NULL, NULL, "no shared mapping is read-only" },
};

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
		ok = way_apply(shape, &d) && way_apply(sequel, &d);
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
	/* the case itself always stays */
	attempts_match(&c, "re*");
	assert_true(c.n > 2);
	for (size_t i = 1; i < c.n; i++)
		assert_int_equal(strncmp(c.v[i].name, "re", 2), 0);
	attempts_match(&c, "none of them");
	assert_int_equal(c.n, 1);
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
		cmocka_unit_test(test_cause),	   cmocka_unit_test(test_shrink),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
