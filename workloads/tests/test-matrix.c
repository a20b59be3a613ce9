/* SPDX-License-Identifier: GPL-2.0-only */
/* The matrix: every combination is a valid case, or is left out for a reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "workloads/matrix/matrix.h"
#include "workloads/model/derive.h"
#include "workloads/lang/scenario.h"

/* The pins of files; the counts below are for these. */
#define PINS "rdma,rdma-odp,vmsplice,odirect"

static void choose(struct matrix_choice *c, enum matrix_dim dim, const char *list)
{
	_cleanup_free_ char *none = matrix_choose(c, dim, list);

	if (none)
		fail_msg("no value of %s matches '%s'", matrix_dim_key(dim), none);
}

/* Names are distinct, in a plan and in the name of a case. */
static void test_rows(void **state)
{
	(void)state;
	for (int d = 0; d < MATRIX_DIMS; d++) {
		enum matrix_dim dim = (enum matrix_dim)d;

		assert_in_range(matrix_rows(dim), 2, MATRIX_ROWS_MAX);
		for (unsigned int i = 0; i < matrix_rows(dim); i++) {
			const char *name = matrix_row_name(dim, i);

			assert_null(strpbrk(name, "/=,* \t"));
			for (unsigned int j = 0; j < i; j++)
				assert_string_not_equal(name, matrix_row_name(dim, j));
			for (unsigned int j = 0;
			     dim == MATRIX_OVERLAP && j < matrix_rows(MATRIX_END); j++)
				assert_string_not_equal(name, matrix_row_name(MATRIX_END, j));
		}
	}
}

static void test_choose(void **state)
{
	static const struct {
		const char *list;
		uint64_t rows;
		const char *none; /* the glob that matches nothing */
	} cases[] = {
		{ "mapped", 1, NULL },	      { "*", 31, NULL },
		{ "*mapped", 7, NULL },	      { "process,forked", 24, NULL },
		{ "mapped,nope", 0, "nope" }, { "", 0, "" },
		{ "mapped,", 0, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct matrix_choice c;
		_cleanup_free_ char *none = NULL;

		matrix_choice_init(&c);
		assert_int_equal(c.rows[MATRIX_WHEN], 1);
		assert_int_equal(c.rows[MATRIX_FS], filesystems_with(0));
		none = matrix_choose(&c, MATRIX_WHEN, cases[i].list);
		if (cases[i].none)
			assert_string_equal(none, cases[i].none);
		else
			assert_int_equal(c.rows[MATRIX_WHEN], cases[i].rows);
		assert_int_equal(none != NULL, cases[i].none != NULL);
	}
}

struct tally {
	size_t cases, all;
	size_t last_place;
	size_t by_reason[64];
};

static void count(void *arg, const struct matrix_point *p, const struct matrix_reason *reason)
{
	struct tally *t = arg;
	size_t place = matrix_place(p), i = 0;

	assert_in_range(place, 0, matrix_size() - 1);
	assert_true(!t->all || place > t->last_place);
	t->last_place = place;
	t->all++;
	t->cases += !reason;
	while (reason && matrix_reason(i) != reason)
		i++;
	t->by_reason[i] += reason != NULL;
}

/* The feature that is lacking by @why; FILESYSTEM_FEATURES: @why is another reason. */
static unsigned int feature_of(const char *why)
{
	for (unsigned int f = 0; f < FILESYSTEM_FEATURES; f++) {
		_cleanup_free_ char *lacks = xasprintf("the filesystem %s",
						       filesystem_lacks(&filesystem_null, 1u << f));

		if (strcmp(why, lacks) == 0)
			return f;
	}
	return FILESYSTEM_FEATURES;
}

/* Each feature that a filesystem may lack has a reason to leave cases out. */
static void test_features(void **state)
{
	unsigned int seen = 0;

	(void)state;
	for (size_t i = 0; matrix_reason(i); i++)
		seen |= 1u << feature_of(matrix_reason(i)->why);
	assert_int_equal(seen, (2u << FILESYSTEM_FEATURES) - 1);
}

static bool may_be_idle(const char *why)
{
	unsigned int f = feature_of(why);

	return f < FILESYSTEM_FEATURES && filesystems_with(1u << f) == filesystems_with(0);
}

/* Every combination is a case or counted under one reason, and each reason counts some. */
static void test_counts(void **state)
{
	struct matrix_choice c;
	struct tally t = { 0 };
	size_t left_out = 0;

	(void)state;
	matrix_choice_all(&c);
	matrix_expand(&c, count, &t);
	assert_int_equal(t.all, matrix_size());
	for (size_t i = 0; matrix_reason(i); i++) {
		if (!t.by_reason[i] && !may_be_idle(matrix_reason(i)->why))
			fail_msg("nothing is left out because '%s'", matrix_reason(i)->why);
		left_out += t.by_reason[i];
	}
	assert_int_equal(t.cases + left_out, t.all);

	t = (struct tally){ 0 };
	choose(&c, MATRIX_PIN, PINS);
	matrix_expand(&c, count, &t);
	assert_int_equal(t.all, filesystem_count() * 11 * 4 * 5 * 24 * 5 * 5);
	assert_int_equal(t.cases, 21108);
}

struct list {
	struct buf names;
	const char *why; /* the reason of the last combination left out */
};

static void list_name(void *arg, const struct matrix_point *p, const struct matrix_reason *reason)
{
	_cleanup_free_ char *name = matrix_name(p);
	struct list *l = arg;

	if (reason)
		l->why = reason->why;
	else
		buf_addf(&l->names, "%s ", name);
}

/* The cases and the reasons of one combination, or of a few. */
static void test_names(void **state)
{
	static const struct {
		const char *rows[MATRIX_DIMS];
		const char *names;
		const char *why; /* the reason to leave it out */
	} cases[] = {
		{ { "xfs", "4k", "vmsplice", "mapped", "punch", "same", "unpin" },
		  "xfs/4k/vmsplice/mapped/punch ",
		  NULL },
		{ { "xfs,ext4", "pmd", "vmsplice", "forked", "punch", "touch", "kill-*" },
		  "xfs/pmd/vmsplice/forked/punch/touch/kill-waiter "
		  "xfs/pmd/vmsplice/forked/punch/touch/kill-holder "
		  "ext4/pmd/vmsplice/forked/punch/touch/kill-waiter "
		  "ext4/pmd/vmsplice/forked/punch/touch/kill-holder ",
		  NULL },
		{ { "xfs", "4k", "vmsplice", "mapped", "punch", "same", "*" },
		  "xfs/4k/vmsplice/mapped/punch xfs/4k/vmsplice/mapped/punch/kill-waiter "
		  "xfs/4k/vmsplice/mapped/punch/signal-waiter ",
		  "the program holds the pin: if it ends, the case ends" },
		{ { "*", "shared-2", "vmsplice", "mapped", "clone", "*", "unpin" },
		  "xfs/shared-2/vmsplice/mapped/clone xfs/shared-2/vmsplice/mapped/clone/sharer "
		  "xfs/shared-2/vmsplice/mapped/clone/higher ",
		  "the filesystem cannot share extents" },
		{ { "xfs", "4k", "uring", "mapped", "punch", "same", "unpin" },
		  "",
		  "the pin never stands on a file" },
		{ { "xfs", "4k", "null", "mapped", "punch", "same", "unpin" },
		  "",
		  "the pin holds nothing" },
		{ { "ext2", "4k,pmd", "vmsplice", "mapped", "punch,zero,falloc", "same", "unpin" },
		  "ext2/4k/vmsplice/mapped/punch ",
		  "the filesystem cannot preallocate" },
		{ { "ext4", "4k", "rdma", "mapped", "exchange", "same", "unpin" },
		  "",
		  "the filesystem cannot exchange ranges" },
		{ { "xfs", "hole", "rdma", "mapped", "punch", "same", "unpin" },
		  "",
		  "a writing pin fills the hole when it is taken: see unwritten" },
		{ { "xfs", "unwritten", "rdma,odirect", "mapped", "punch", "elsewhere", "unpin" },
		  "xfs/unwritten/rdma/mapped/punch/elsewhere ",
		  "the zero page belongs to no file: the place makes no difference" },
		{ { "xfs", "tail", "odirect", "mapped", "collapse,insert", "same", "unpin" },
		  "xfs/tail/odirect/mapped/insert ",
		  "COLLAPSE_RANGE must end below the end of the file" },
		{ { "xfs", "tail", "odirect", "mapped", "truncate-down", "elsewhere", "unpin" },
		  "",
		  "a file has nothing to cut or move above its last page" },
		{ { "xfs", "4k", "rdma", "*", "unlink", "same", "unpin" },
		  "xfs/4k/rdma/unmapped/unlink ",
		  "a mapping keeps the file open: there is no last close" },
		{ { "xfs", "shared-2", "vmsplice", "mapped", "unlink,umount", "sharer", "unpin" },
		  "xfs/shared-2/vmsplice/mapped/unlink/sharer ",
		  "the operation takes the whole filesystem: the place makes no difference" },
		{ { "xfs", "4k", "odirect", "forked", "punch", "same", "*-holder" },
		  "",
		  "the holder is in state D until the pin is released: it cannot end before" },
		{ { "xfs", "4k", "rdma-odp", "remapped", "punch", "same", "unpin" },
		  "",
		  "the operation does not wait: nothing can happen meanwhile" },
		{ { "xfs", "reserved", "vmsplice", "mapped", "punch", "same", "kill-waiter" },
		  "",
		  "a copy-on-write reservation does not change how a wait ends: see 4k" },
		{ { "xfs", "4k", "vmsplice", "mapped", "falloc", "same", "signal-waiter" },
		  "",
		  "the operation need not wait: it may end before the signal" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct list l = { .names = BUF_INIT };
		struct matrix_choice c;

		for (int d = 0; d < MATRIX_DIMS; d++)
			choose(&c, (enum matrix_dim)d, cases[i].rows[d]);
		matrix_expand(&c, list_name, &l);
		assert_string_equal(buf_str(&l.names), cases[i].names);
		assert_int_equal(l.why != NULL, cases[i].why != NULL);
		if (l.why)
			assert_string_equal(l.why, cases[i].why);
		buf_deinit(&l.names);
	}
}

/* By the model, each started operation has ended before a file is read. */
static void check_derived(const char *name, struct scenario *s)
{
	struct err *err = model_derive(name, s);
	bool started = false, over = false;

	if (err)
		fail_msg("%s", err->message);
	for (unsigned int i = 0; i < s->nr_steps; i++) {
		const struct step *st = &s->steps[i];

		started |= st->verb == STEP_START;
		over |= st->verb == STEP_EXPECT && st->expect != EXPECT_BLOCKS;
		if (st->verb == STEP_CHECK && st->thing != THING_PIN && started && !over)
			fail_msg("%s: '%s' may still run at '%s'", name, "t", st->text);
	}
}

/* No case collapses up to the end of the file: that is EINVAL by the contract. */
static void check_collapse(const char *name, const char *text)
{
	const char *file = strstr(text, "file    a "), *call = strstr(text, "t collapse ");
	char words[3][24];
	uint64_t size, off = 0, len = 0;

	if (!call)
		return;
	assert_int_equal(sscanf(file, "file a %23s", words[0]), 1);
	assert_int_equal(sscanf(call, "t collapse %*s %23s %23s", words[1], words[2]), 2);
	assert_true(parse_size(words[0], &size) && parse_size(words[1], &off) &&
		    parse_size(words[2], &len));
	if (off + len >= size)
		fail_msg("%s: it collapses up to the end", name);
}

static void check_text(void *arg, const struct matrix_point *p, const struct matrix_reason *reason)
{
	_cleanup_free_ char *name = matrix_name(p);
	_cleanup_free_ char *text = reason ? NULL : matrix_text(p);
	struct scenario *s = NULL;
	struct err *err;

	if (reason)
		return;
	err = scenario_parse(name, text, strlen(text), &s);
	if (err)
		fail_msg("%s\n%s", err->message, text);
	check_derived(name, s);
	check_collapse(name, text);
	++*(size_t *)arg;
	assert_int_equal(s->fs, filesystem_bit(matrix_fs(p)));
	assert_true(*s->title);
	scenario_free(s);
}

static void test_texts(void **state)
{
	struct matrix_choice c;
	size_t n = 0;

	(void)state;
	matrix_choice_all(&c);
	matrix_expand(&c, check_text, &n);
	assert_true(n >= 18344);
}

static void keep_text(void *arg, const struct matrix_point *p, const struct matrix_reason *reason)
{
	assert_null(reason);
	*(char **)arg = matrix_text(p);
}

static void test_golden(void **state)
{
	static const struct {
		const char *rows[MATRIX_DIMS];
		const char *text;
	} cases[] = {
		{ { "xfs", "4k", "rdma", "mapped", "dedupe", "same", "unpin" },
		  "# dedupe while a rdma pin stands\n"
		  "fs      xfs\n"
		  "file    a 512K written\n"
		  "file    b 512K copy a\n"
		  "map     m a 0 512K shared rw\n"
		  "pin     p rdma m+256K 64K\n"
		  "start   t dedupe b 256K 64K a 256K\n"
		  "expect  t blocks\n"
		  "check   p\n"
		  "unpin   p\n"
		  "expect  t fails EBADE\n"
		  "check   a\n"
		  "check   b\n"
		  "check   m\n" },
		{ { "xfs", "shared-mixed", "odirect", "remapped", "punch", "touch", "kill-waiter" },
		  "# punch, by one byte, while an odirect pin stands in a 2 MiB entry of an extent "
		  "that another file maps by 4 KiB; the file is mapped anew meanwhile; the operation "
		  "is killed\n"
		  "fs      xfs\n"
		  "file    a 6M fallocated\nwrite   a 0 6M\n"
		  "file    c 6M clone a\n"
		  "map     m a 0 6M shared rw pmd\n"
		  "touch   m+2M 2M read\n"
		  "map     n c 0 6M shared r\n"
		  "touch   n+4032K 64K read\n"
		  "pin     p odirect m+4032K 64K\n"
		  "unmap   m\n"
		  "start   t process punch a 4194303 4K\n"
		  "map     r a 0 6M shared rw pmd\n"
		  "start   f load r 4032K 64K\n"
		  "signal  t KILL\n"
		  "unpin   p\n"
		  "check   a\n"
		  "check   c\n"
		  "check   n\n"
		  "check   r\n" },
		{ { "xfs", "reserved", "vmsplice", "unmapped", "write", "same", "unpin" },
		  "# write while a vmsplice pin stands beneath what a copy on write beside it "
		  "reserved; its mapping is gone\n"
		  "fs      xfs\n"
		  "file    a 512K written\n"
		  "file    e 4K written\n"
		  "clone-range a 352K 4K e 0\n"
		  "map     m a 0 512K shared rw\n"
		  "pin     p vmsplice m+256K 64K\n"
		  "write   a 352K 4K\n"
		  "unmap   m\n"
		  "start   t write a 256K 64K\n"
		  "check   p\n"
		  "unpin   p\n"
		  "check   a\n" },
		{ { "ext4", "tail", "vmsplice", "process", "insert", "same", "exit-holder" },
		  "# insert while a vmsplice pin stands on the partial page at the end of the file; "
		  "it and its mapping are another process's; its process exits\n"
		  "fs      ext4\n"
		  "file    a 511K written\n"
		  "map     m a 0 512K shared rw\n"
		  "pin     p vmsplice m+448K 64K process\n"
		  "unmap   m\n"
		  "start   t insert a 448K 64K\n"
		  "check   p\n"
		  "unpin   p exit\n"
		  "check   a\n" },
		{ { "xfs", "shared-self", "rdma-odp", "mapped", "fsync", "sharer", "unpin" },
		  "# fsync, where it is shared, while a rdma-odp pin stands on an extent the file "
		  "has twice\n"
		  "fs      xfs\n"
		  "file    a 512K written\n"
		  "clone-range a 256K 64K a 384K\n"
		  "map     m a 0 512K shared rw\n"
		  "touch   m+384K 64K read\n"
		  "pin     p rdma-odp m+256K 64K\n"
		  "map     q a 0 512K shared rw\n"
		  "touch   q+384K 64K write\n"
		  "fsync   a\n"
		  "check   p\n"
		  "unpin   p\n"
		  "check   a\n"
		  "check   m\n"
		  "check   q\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_free_ char *text = NULL;
		struct matrix_choice c;

		for (int d = 0; d < MATRIX_DIMS; d++)
			choose(&c, (enum matrix_dim)d, cases[i].rows[d]);
		matrix_expand(&c, keep_text, &text);
		assert_string_equal(text, cases[i].text);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),	 cmocka_unit_test(test_choose),
		cmocka_unit_test(test_counts),	 cmocka_unit_test(test_names),
		cmocka_unit_test(test_texts),	 cmocka_unit_test(test_golden),
		cmocka_unit_test(test_features),
	};

	return cmocka_run_group_tests_name("matrix", tests, NULL, NULL);
}
