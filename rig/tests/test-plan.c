/* SPDX-License-Identifier: GPL-2.0-only */
/* Plan texts, and which cases they have, in which order and in which part. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/files.h"
#include "plan/plan.h"

#define SOURCE(n, t)                                                                               \
	{                                                                                          \
		.name = (char *)(n), .path = (char *)(n), .text = (char *)(t),                     \
		.len = sizeof(t) - 1                                                               \
	}

static const struct plan_source lib[] = {
	SOURCE("one", "fs xfs ext4\nfile a 4K written\n"),
	SOURCE("two", "fs xfs\neach p vmsplice odirect\nfile a 4K written\n"
		      "map m a 0 4K shared r\npin q $p m 4K\n"),
	SOURCE("bad", "fil a\n"),
	SOURCE("mine~1#2", "fs xfs\nfile a 4K written\n"),
	{ .name = (char *)"gone",
	  .path = (char *)"gone",
	  .text = (char *)"",
	  .bad = (char *)"cannot open 'gone'" },
	/* its second variant is wrong */
	SOURCE("half", "fs xfs\neach w written wrong\nfile a 4K $w\n"),
};

static const struct {
	const char *plan;
	const char *expected; /* names joined by ' ', or the error */
} cases[] = {
	{ "# nothing\n", "" },
	{ "scenario one\n", "xfs/one ext4/one " },
	{ "scenario t*\n", "xfs/two/vmsplice xfs/two/odirect " },
	{ "scenario one\nscenario one two\n", "xfs/one ext4/one xfs/two/vmsplice "
					      "xfs/two/odirect " },
	/* neither the mark of a repeat nor what ends a name in KTAP */
	{ "scenario mine*\n", "xfs/mine_1_2 " },
	{ "matrix pins=vmsplice,odirect ops=punch,clone\n",
	  "xfs/4k/vmsplice/mapped/punch xfs/4k/vmsplice/mapped/clone "
	  "xfs/4k/odirect/mapped/punch xfs/4k/odirect/mapped/clone "
	  "ext4/4k/vmsplice/mapped/punch ext4/4k/odirect/mapped/punch "
	  "ext2/4k/vmsplice/mapped/punch ext2/4k/odirect/mapped/punch " },
	{ "matrix fs=xfs pins=vmsplice ops=punch\n"
	  "matrix fs=xfs pins=vmsplice ops=punch,zero when=*mapped geometry=4k end=unpin\n",
	  "xfs/4k/vmsplice/mapped/punch xfs/4k/vmsplice/mapped/zero "
	  "xfs/4k/vmsplice/unmapped/punch xfs/4k/vmsplice/unmapped/zero "
	  "xfs/4k/vmsplice/remapped/punch xfs/4k/vmsplice/remapped/zero " },
	{ "matrix * fs=ext4 pins=vmsplice ops=umount geometry=4k\n",
	  "ext4/4k/vmsplice/unmapped/umount " },
	{ "matrix pins=uring\n", "" },
	{ "batch 8\nmachine vcpus=1,memory=2G\nscenario one\n", "xfs/one ext4/one " },
	{ "batch 8\ngeometry vcpus=1\nscenario one\n", "xfs/one ext4/one " },
	{ "program p = ./x a b\nprogram q fs=ext4,xfs time=5 user=7 = x.c\n",
	  "xfs/p xfs/q ext4/q " },
	{ "program a~b#c\n", "p:1:12: expected '=' and the program's file" },
	{ "program a~b = x\nprogram a~b = y\n", "xfs/a_b " },
	{ "program p x\n", "p:1:11: expected KEY=VALUE, or '=' and the program's file" },
	{ "program a/b kselftest=yes = x\n", "xfs/a/b " },
	{ "program p kselftest=no = x\n", "p:1:11: kselftest can only be 'yes', found 'no'" },
	{ "program p =\n", "p:1:12: expected '=' and the program's file" },
	{ "program p fs= = x\n", "p:1:11: expected a filesystem" },
	{ "program p colour=red = x\n", "p:1:11: no option of a program 'colour'; expected fs" },
	{ "program p tiem=1 = x\n", "p:1:11: no option of a program 'tiem'; did you mean 'time'?" },
	{ "program p = x \\x0\n", "p:1:15: a '\\' begins the code of a byte" },
	{ "scenario three\n", "p:1:10: no scenario 'three'; see 'daxrig list scenarios'" },
	{ "scenario one tow\n", "p:1:14: no scenario 'tow'; did you mean 'two'?" },
	{ "scenario @(one\n", "p:1:10: bad glob '@(one', column 1: the choice is not closed" },
	{ "matrix ops=punch,[a\n", "p:1:8: bad glob '[a', column 1: the bracket" },
	{ "scenario\n", "p:1:9: expected the name of a scenario" },
	{ "case */two/*\ncase ext4/one\n", "xfs/two/vmsplice xfs/two/odirect ext4/one " },
	{ "case xfs/4k/vmsplice/mapped/punch\n", "xfs/4k/vmsplice/mapped/punch " },
	{ "case xfs/4k/vmsplice/mapped/punhc\n",
	  "p:1:6: no case 'xfs/4k/vmsplice/mapped/punhc'; did you mean "
	  "'xfs/4k/vmsplice/mapped/punch'?" },
	{ "case ext4/one xfs/one\n", "p:1:15: expected the end of the line" },
	{ "case [a\n", "p:1:6: bad glob '[a', column 1" },
	{ "case\n", "p:1:5: expected the name of a case" },

	{ "matrix vmsplice *\n", "p:1:8: expected fs=, geometry=, pins=, when=, ops=, overlap= or "
				 "end= with globs, found 'vmsplice'" },
	{ "matrix pin=vmsplice\n", "p:1:8: no dimension 'pin'; did you mean 'pins'?" },
	{ "matrix pinsx=vmsplice\n", "p:1:8: no dimension 'pinsx'; did you mean 'pins'?" },
	{ "matrix colour=red\n", "p:1:8: expected fs=, " },
	{ "matrix ops=* *\n", "p:1:14: expected fs=, " },
	{ "matrix ops=* pins=vmsplice,nope\n",
	  "p:1:14: no value of pins 'nope'; see 'daxrig list matrix'" },
	{ "matrix ops=punhc\n", "p:1:8: no value of ops 'punhc'; did you mean 'punch'?" },
	{ "matrix pins=\n", "p:1:8: no value of pins ''; see" },
	{ "matrix ops=zero ops=punch\n", "p:1:17: 'ops' is given twice" },
	{ "batch 0\n", "p:1:7: expected 1 to 1000" },
	{ "machine\n", "p:1:8: expected the guest's shape, as in --geometry, found the end" },
	{ "machine vcpus=none\n", "p:1:9: bad geometry 'vcpus=none': expected a number of" },
	{ "machine vcpus=1 vcpus=2\n", "p:1:17: expected the end of the line" },
	{ "\nfoo\n",
	  "p:2:1: no line of a plan 'foo'; expected scenario, case, matrix, program, batch or machine" },
	{ "matirx *\n", "p:1:1: no line of a plan 'matirx'; did you mean 'matrix'?" },
};

static const struct {
	const char *plan, *names, *bad, *note; /* bad: of the first case */
} unreadable[] = {
	{ "scenario bad\n", "bad ", "bad:1:1: no step or operation 'fil'; did you mean 'file'?",
	  NULL },
	{ "scenario gone one\n", "gone xfs/one ext4/one ", "cannot open 'gone'", NULL },
	{ "scenario half\nscenario half\n", "half ", "half:3:", NULL },
	{ "scenario ba[d]\n", "", NULL, "scenario 'bad' is left out: bad:1:1: no step" },
	{ "scenario go* one\nscenario g*\n", "xfs/one ext4/one ", NULL,
	  "scenario 'gone' is left out: cannot open 'gone'" },
	{ "scenario h*\n", "", NULL, "scenario 'half' is left out: half:3:" },
};

static char *names(const struct plan *plan)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < plan->nr_cases; i++)
		buf_addf(&b, "%s ", plan->cases[i].name);
	return buf_take(&b);
}

static void test_plan(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct plan plan = { 0 };
		struct err *err = plan_parse(&plan, "p", cases[i].plan, strlen(cases[i].plan), lib,
					     ARRAY_SIZE(lib));
		_cleanup_free_ char *got = err ? xstrndup(err->message, strlen(cases[i].expected)) :
						 names(&plan);

		assert_string_equal(got, cases[i].expected);
		err_free(err);
		plan_deinit(&plan);
	}
}

/* One scenario that cannot be read stops no other one, and is never left out in silence. */
static void test_unreadable(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(unreadable); i++) {
		const char *text = unreadable[i].plan, *bad = unreadable[i].bad;
		const char *note = unreadable[i].note;
		struct plan plan = { 0 }, to = { 0 };
		_cleanup_free_ char *got = NULL;

		assert_null(plan_parse(&plan, "p", text, strlen(text), lib, ARRAY_SIZE(lib)));
		if (plan.nr_cases)
			plan_repeat(&plan, 2);
		plan_deinit(&plan);
		assert_null(plan_parse(&plan, "p", text, strlen(text), lib, ARRAY_SIZE(lib)));
		plan_write_texts(&plan);
		plan_move(&to, &plan);
		got = names(&to);
		assert_string_equal(got, unreadable[i].names);
		if (bad)
			assert_memory_equal(to.cases[0].bad, bad, strlen(bad));
		assert_int_equal(to.nr_notes, note != NULL);
		if (note)
			assert_memory_equal(to.notes[0], note, strlen(note));
		plan_deinit(&plan);
		plan_deinit(&to);
	}
}

static void parse(struct plan *plan, const char *text)
{
	struct err *err = plan_parse(plan, "p", text, strlen(text), lib, 2);

	if (err)
		fail_msg("%s", err->message);
}

static void test_left_out(void **state)
{
	struct plan plan = { 0 };

	(void)state;
	parse(&plan,
	      "matrix fs=xfs,ext4 ops=clone\nmatrix ops=clone,punch fs=ext4 pins=vmsplice\n");
	/* 4 pins on xfs; all pins on ext4 and the 4 others on xfs are left out, each once */
	assert_int_equal(plan.nr_cases, 4 + 1);
	assert_int_equal(plan.nr_left_out, 12);
	for (size_t i = 0; i < plan.nr_left_out; i++)
		assert_non_null(plan.left_out[i].reason->why);
	plan_match(&plan, "*/vmsplice/*");
	assert_int_equal(plan.nr_cases, 2);
	assert_null(plan.cases[0].text);
	plan_write_texts(&plan);
	assert_non_null(strstr(plan.cases[0].text, "pin     p vmsplice m+256K 64K\n"));
	/* a removed case can be added again, once */
	parse(&plan,
	      "scenario one\nscenario one\nmatrix fs=xfs,ext4 ops=clone\nmatrix fs=xfs,ext4 ops=clone\n");
	assert_int_equal(plan.nr_cases, 2 + 2 + 3);
	assert_int_equal(plan.nr_left_out, 12);
	plan_deinit(&plan);
}

static void test_move(void **state)
{
	_cleanup_free_ char *got = NULL;
	struct plan a = { 0 }, b = { 0 };

	(void)state;
	parse(&a, "scenario one\n");
	parse(&b, "scenario one two\n");
	plan_move(&a, &b);
	assert_int_equal(b.nr_cases, 0);
	got = names(&a);
	assert_string_equal(got, "xfs/one ext4/one xfs/one ext4/one xfs/two/vmsplice "
				 "xfs/two/odirect ");
	plan_deinit(&a);
	plan_deinit(&b);
}

#define SOME "matrix pins=vmsplice,rdma when=* geometry=4k,pmd\n"

/* Checks that all parts together are the plan, and that no two share a case. */
static void check_partition(const char *glob, unsigned int of)
{
	struct plan all = { 0 };
	_cleanup_free_ bool *taken = NULL;
	size_t n = 0, least = SIZE_MAX, most = 0;

	parse(&all, SOME);
	plan_match(&all, glob);
	taken = xcalloc(all.nr_cases + 1, sizeof(*taken));
	for (unsigned int i = 1; i <= of; i++) {
		struct plan part = { 0 };

		parse(&part, SOME);
		plan_match(&part, glob);
		plan_take_shard(&part, (struct plan_shard){ i, of });
		for (size_t k = 0, at = 0; k < part.nr_cases; k++) {
			while (strcmp(all.cases[at].name, part.cases[k].name) != 0)
				assert_true(++at < all.nr_cases);
			assert_false(taken[at]);
			taken[at] = true;
		}
		n += part.nr_cases;
		least = MIN(least, part.nr_cases);
		most = MAX(most, part.nr_cases);
		plan_deinit(&part);
	}
	assert_int_equal(n, all.nr_cases);
	assert_true(most - least <= 1);
	plan_deinit(&all);
}

static void test_shards(void **state)
{
	static const struct {
		const char *text;
		unsigned int number, of; /* 0: bad */
	} texts[] = {
		{ "1/1", 1, 1 },   { "2/5", 2, 5 },  { "10000/10000", 10000, 10000 },
		{ "0/5", 0, 0 },   { "6/5", 0, 0 },  { "1/10001", 0, 0 },
		{ "1", 0, 0 },	   { "1/", 0, 0 },   { "/2", 0, 0 },
		{ "1/2/3", 0, 0 }, { "-1/2", 0, 0 }, { "1/99999999999999999999", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct plan_shard s = { 0 };
		struct err *err = plan_shard_parse(texts[i].text, &s);

		assert_int_equal(err != NULL, !texts[i].of);
		if (!err) {
			assert_int_equal(s.number, texts[i].number);
			assert_int_equal(s.of, texts[i].of);
		}
		err_free(err);
	}
	for (unsigned int of = 1; of < 9; of++) {
		check_partition("*", of);
		check_partition("*/rdma/*", of);
	}
	check_partition("xfs/4k/rdma/mapped/punch", 3);
}

/* The seed alone determines the order, and keeps all cases. A golden keeps it for good. */
static void test_seed(void **state)
{
	static const char text[] = "matrix fs=xfs pins=vmsplice ops=punch,zero,falloc,write\n";
	static const struct {
		uint64_t seed;
		const char *names;
	} orders[] = {
		{ 0, "falloc zero punch write " },
		{ 1, "falloc punch write zero " },
		{ UINT64_MAX, "falloc zero write punch " },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(orders); i++) {
		_cleanup_buf_ struct buf got = BUF_INIT;
		struct plan plan = { 0 };

		parse(&plan, text);
		assert_int_equal(plan.nr_cases, 4);
		plan_shuffle(&plan, orders[i].seed);
		for (size_t k = 0; k < plan.nr_cases; k++)
			buf_addf(&got, "%s ", strrchr(plan.cases[k].name, '/') + 1);
		assert_string_equal(buf_str(&got), orders[i].names);
		plan_deinit(&plan);
	}
}

/* Named cases come first, in the order of the plan; what it lacks changes nothing. */
static void test_first(void **state)
{
	static const char *const names[] = { "none", "xfs/4k/vmsplice/mapped/write",
					     "xfs/4k/vmsplice/mapped/zero" };
	_cleanup_buf_ struct buf got = BUF_INIT;
	struct plan plan = { 0 };

	(void)state;
	parse(&plan, "matrix fs=xfs pins=vmsplice ops=punch,zero,falloc,write\n");
	plan_put_first(&plan, names, ARRAY_SIZE(names));
	plan_put_first(&plan, NULL, 0);
	for (size_t k = 0; k < plan.nr_cases; k++)
		buf_addf(&got, "%s ", strrchr(plan.cases[k].name, '/') + 1);
	assert_string_equal(buf_str(&got), "zero write punch falloc ");
	/* a case that is there is not added again */
	parse(&plan, "matrix fs=xfs pins=vmsplice ops=punch,zero,falloc,write\n");
	assert_int_equal(plan.nr_cases, 4);
	plan_deinit(&plan);
}

/* The plans of the folder, with the library above. */
/* Repeats are made round by round, each with its own name. */
static void test_repeat(void **state)
{
	struct plan plan = { 0 };
	size_t once;

	(void)state;
	parse(&plan, "matrix fs=xfs pins=vmsplice ops=punch,zero\n");
	once = plan.nr_cases;
	assert_int_equal(once, 2);
	plan_write_texts(&plan);
	plan_repeat(&plan, 3);
	assert_int_equal(plan.nr_cases, 3 * once);
	assert_string_equal(plan.cases[0].name, "xfs/4k/vmsplice/mapped/punch~1");
	assert_string_equal(plan.cases[1].name, "xfs/4k/vmsplice/mapped/zero~1");
	assert_string_equal(plan.cases[5].name, "xfs/4k/vmsplice/mapped/zero~3");
	assert_string_equal(plan.cases[5].text, plan.cases[1].text);
	plan_match(&plan, "*~2");
	assert_int_equal(plan.nr_cases, once);
	plan_deinit(&plan);
}

static void test_shipped(void **state)
{
	static const struct {
		const char *path;
		size_t least, most; /* cases of the matrix */
	} plans[] = {
		{ "rig/plans/quick.plan", 147, 147 },
		{ "rig/plans/nightly.plan", 4000, 6000 },
		{ "rig/plans/full.plan", 18344, 100000 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(plans); i++) {
		_cleanup_buf_ struct buf text = BUF_INIT;
		struct plan plan = { 0 };

		assert_null(file_read(plans[i].path, 1 << 16, &text));
		parse(&plan, buf_str(&text));
		assert_in_range(plan.nr_cases, plans[i].least + 4, plans[i].most + 4);
		assert_int_equal(plan.batch, 8);
		assert_string_equal(plan.geometry, "vcpus=1");
		if (i == 2)
			assert_int_equal(plan.nr_cases - 4 + plan.nr_left_out, matrix_size());
		plan_deinit(&plan);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plan),	   cmocka_unit_test(test_left_out),
		cmocka_unit_test(test_move),	   cmocka_unit_test(test_shards),
		cmocka_unit_test(test_seed),	   cmocka_unit_test(test_first),
		cmocka_unit_test(test_repeat),	   cmocka_unit_test(test_shipped),
		cmocka_unit_test(test_unreadable),
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
