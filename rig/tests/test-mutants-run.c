/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs of mutants without guests: run_cases() is this file's. A kernel fails the case "b" when a
 * patch of it has a name that begins with "bad"; one with "broken" does not build.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "run/covered.h"
#include "guests/store/kernel-list.h"
#include "mutants/run.h"
#include "tests/scratch.h"

static struct {
	struct buf kernels; /* a letter for each patch of each kernel that was run, one a line */
	struct buf told;    /* "NAME: RULE\n" */
	struct buf first;   /* the cases that each kernel with a mutant runs first, one line each */
	const char *folder; /* of a run with coverage; NULL: there is no coverage here */
	unsigned int reaches; /* such runs */
	bool cancels;	      /* the next run is */
	bool races;	      /* the clean kernel fails, too, if it is asked again */
} seen;

struct err *__wrap_run_cases(const struct run_options *o, int *status);
void __wrap_run_host_close(struct run_host *host);
struct err *__wrap_kernel_get(const char *data_dir, const char *spec, const struct progress *say,
			      struct kernel **out);
struct err *__wrap_kernel_find(const char *data_dir, const char *word, struct kernel **out);
void __wrap_kernel_free(struct kernel *k);
struct err *__wrap_covered_read(const struct paths *p, const char *word, const struct scope *s,
				bool each, struct covered *out);
void __wrap_covered_deinit(struct covered *c);

void __wrap_run_host_close(struct run_host *host)
{
	(void)host;
}

static struct kernel clean_kernel = { .key = (char *)"src-1-fast" };

struct err *__wrap_kernel_get(const char *data_dir, const char *spec, const struct progress *say,
			      struct kernel **out)
{
	(void)data_dir;
	(void)spec;
	(void)say;
	*out = &clean_kernel;
	return NULL;
}

struct err *__wrap_kernel_find(const char *data_dir, const char *word, struct kernel **out)
{
	(void)data_dir;
	(void)word;
	*out = NULL;
	return NULL;
}

void __wrap_kernel_free(struct kernel *k)
{
	(void)k;
}

/* "1" has 8 bytes of code, of which "c" ran one; "2" has two parts, and "b" ran the first. */
struct err *__wrap_covered_read(const struct paths *p, const char *word, const struct scope *s,
				bool each, struct covered *out)
{
	static struct coverage_function functions[] = {
		{ .name = (char *)"1", .size = 8 },
		{ .name = (char *)"2.part.0", .size = 4 },
		{ .name = (char *)"2", .size = 4 },
	};
	static uint8_t none[2], c[2] = { 0x80, 0 }, b[2] = { 0, 0x01 };
	static struct each_case cases[] = {
		{ .name = (char *)"a", .bits = none },
		{ .name = (char *)"b", .bits = b },
		{ .name = (char *)"c", .bits = c },
	};

	(void)p;
	assert_string_equal(word, seen.folder);
	assert_true(each && s->nr_lines);
	out->coverage = (struct coverage){ functions, ARRAY_SIZE(functions) };
	out->each = (struct each){ cases, ARRAY_SIZE(cases), 16 };
	return NULL;
}

void __wrap_covered_deinit(struct covered *c)
{
	(void)c;
}

struct err *__wrap_run_cases(const struct run_options *o, int *status)
{
	static const char *const names[] = { "a", "b", "c" };
	bool bad = strstr(o->kernel, "/bad") || (o->repeat && seen.races);

	*status = 0;
	assert_string_equal(o->plan, "quick");
	if (o->each_coverage) {
		seen.reaches++;
		if (!seen.folder)
			return err_create(ERR_INFRA, "no coverage here");
		*o->folder = xstrdup(seen.folder);
		return NULL;
	}
	if (o->repeat) {
		assert_null(strstr(o->kernel, ".patch"));
		assert_string_equal(o->match, "b");
	}
	for (const char *p = o->kernel; (p = strstr(p, ".patch")); p++)
		buf_addc(&seen.kernels, p[-1]);
	buf_adds(&seen.kernels, strstr(o->kernel, ".patch") ? "\n" : "-\n");
	for (size_t i = 0; i < o->nr_first; i++)
		buf_addf(&seen.first, "%s ", o->first[i]);
	if (strstr(o->kernel, ".patch"))
		buf_addc(&seen.first, '\n');
	if (seen.cancels)
		return err_create(ERR_CANCELLED, "cancelled");
	if (strstr(o->kernel, "/broken"))
		return err_create(ERR_BUILD, "does not build");
	for (size_t i = !!o->repeat; i < (o->repeat ? 2 : ARRAY_SIZE(names)); i++) {
		struct case_record *rec = case_record_create(names[i]);
		const struct case_step step = {
			.line = 1,
			.status = bad && i == 1 ? STEP_FAIL : STEP_OK,
			.step = (char *)"s",
			.rule = (char *)(bad && i == 1 ? "contract.waits" : NULL),
			.found = (char *)"x",
		};
		bool over;

		case_record_add_step(rec, &step);
		rec->guest_end = GUEST_END_FINE;
		rec->end_seen = true;
		case_record_judge(rec);
		over = o->over(o->over_arg, rec);
		case_record_destroy(rec);
		assert_true(bad && i == 1 ? over || seen.races : !over);
		if (over)
			break;
	}
	return NULL;
}

static void told(const struct mutant_entry *e, const struct verdict_lines *v)
{
	buf_addf(&seen.told, "%s: %s\n", e->mutant.name, v->rule ? v->rule : v->after);
}

/* Runs mutants that are named "good-1 bad-2 ..."; those of one last letter touch one function. */
static struct err *run(const char *data, const char *names, unsigned int clean, unsigned int batch)
{
	_cleanup_free_ char *words = xstrdup(names);
	struct paths p = { .home = (char *)".", .data = (char *)data };
	struct mutants_run r = {
		.paths = &p,
		.series = "7.2",
		.profile = "fast",
		.plan = "quick",
		.clean_runs = clean,
		.batch = batch,
		.told = told,
	};
	struct mutant_list l = { 0 };
	struct err *err;
	char *word, *rest = words;

	buf_reset(&seen.kernels);
	buf_reset(&seen.told);
	buf_reset(&seen.first);
	while ((word = strsep(&rest, " "))) {
		_cleanup_free_ char *path = xasprintf("/m/%s.patch", word);
		_cleanup_free_ char *text = xasprintf(
			"What: %s\nRule: *\nSources: 7.2\nCases: *\n---\n", word);

		l.v = xrealloc(l.v, l.n + 1, sizeof(*l.v));
		ok(mutant_parse(path, text, &l.v[l.n].mutant));
		l.v[l.n].text = take_ptr(text);
		l.v[l.n].function = xstrdup(word + strlen(word) - 1);
		l.v[l.n++].shown = NULL;
	}
	err = mutants_run_clean(&r, &l);
	if (!err)
		err = mutants_run_all(&r, &l);
	mutants_run_deinit(&r);
	mutant_list_deinit(&l);
	return err;
}

static const struct {
	const char *names;
	unsigned int batch;
	const char *kernels, *told;
} rows[] = {
	/* what catches one is run again without it */
	{ "good-1 bad-2", 1, "-\n-\n1\n2\n-\n", "good-1: survived\nbad-2: contract.waits\n" },
	{ "good-1 good-2 good-3", 2, "-\n-\n12\n3\n",
	  "good-1: survived\ngood-2: survived\ngood-3: survived\n" },
	{ "good-1 good-2 bad-3 good-4", 4, "-\n-\n1234\n12\n34\n3\n-\n4\n",
	  "good-1: survived\ngood-2: survived\nbad-3: contract.waits\ngood-4: survived\n" },
	{ "good-1 broken-2 good-3", 3, "-\n-\n123\n1\n23\n2\n3\n",
	  "good-1: survived\nbroken-2: does not build\ngood-3: survived\n" },
	/* the same function: no kernel has both */
	{ "good-1 goody-1 good-2", 2, "-\n-\n12\n1\n",
	  "good-1: survived\ngood-2: survived\ngoody-1: survived\n" },
};

static void test_batches(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *data = xasprintf("%s/%zu", (char *)*state, i);

		ok(run(data, rows[i].names, 2, rows[i].batch));
		if (strcmp(buf_str(&seen.kernels), rows[i].kernels) ||
		    strcmp(buf_str(&seen.told), rows[i].told))
			fail_msg("row %zu: ran\n%stold\n%s", i, buf_str(&seen.kernels),
				 buf_str(&seen.told));
	}
}

/* The case fails on the clean kernel, too, once it is asked again: it catches nothing more. */
static void test_confirmed(void **state)
{
	seen.races = true;
	ok(run(*state, "bad-1 bad-2", 2, 1));
	seen.races = false;
	assert_string_equal(buf_str(&seen.kernels), "-\n-\n1\n-\n1\n2\n");
	assert_string_equal(buf_str(&seen.told), "bad-1: survived\nbad-2: survived\n");
}

/* Verdicts and clean runs are not run again, unless they were judged by fewer clean runs. */
static void test_kept(void **state)
{
	const char *all = "good-1: survived\nbad-2: contract.waits\nbroken-3: does not build\n";
	_cleanup_err_ struct err *err = NULL;

	seen.cancels = true;
	err = run(*state, "good-1 bad-2 broken-3", 2, 1);
	seen.cancels = false;
	assert_non_null(err);
	assert_int_equal(err->code, ERR_CANCELLED);
	ok(run(*state, "good-1 bad-2 broken-3", 2, 1));
	assert_string_equal(buf_str(&seen.kernels), "-\n-\n1\n2\n-\n3\n");
	assert_string_equal(buf_str(&seen.told), all);
	ok(run(*state, "good-1 bad-2 broken-3", 2, 1));
	assert_string_equal(buf_str(&seen.kernels), "3\n"); /* it has no verdict */
	assert_string_equal(buf_str(&seen.told), all);
	ok(run(*state, "good-1", 3, 1));
	assert_string_equal(buf_str(&seen.kernels), "-\n1\n");
}

/* The cases that enter a mutant's function come first; the run that shows which is kept. */
static void test_reach(void **state)
{
	seen.folder = *state;
	seen.reaches = 0;
	ok(run(*state, "good-1 good-2 good-9", 1, 1));
	assert_string_equal(buf_str(&seen.first), "c \nb \n\n");
	ok(run(*state, "goody-1 goody-2", 1, 2));
	assert_string_equal(buf_str(&seen.first), "c b \n");
	assert_int_equal(seen.reaches, 1);
	seen.folder = NULL;
}

/* Another patch of the same name has no verdict; a damaged file is none. */
static void test_damaged(void **state)
{
	const struct verdict_lines v = { true, (char *)"splat", (char *)"a", (char *)"1 case" };
	struct paths p = { .home = (char *)".", .data = *state };
	struct verdict_lines read;
	struct kept k, second;
	struct clean clean;
	struct err *err;

	ok(kept_open(&p, "k", "quick", &k));
	err = kept_open(&p, "k", "quick", &second);
	assert_non_null(err);
	assert_int_equal(err->code, ERR_USAGE);
	err_free(err);
	kept_close(&second);
	ok(kept_write(&k, "m", "text", 3, &v));
	assert_true(kept_read(&k, "m", "text", 3, &read));
	assert_true(read.caught);
	assert_string_equal(read.rule, "splat");
	assert_string_equal(read.in_case, "a");
	assert_string_equal(read.after, "1 case");
	verdict_lines_deinit(&read);
	assert_false(kept_read(&k, "m", "other text", 3, &read));
	assert_false(kept_read(&k, "m", "text", 2, &read));
	assert_false(kept_read(&k, "n", "text", 3, &read));
	put_bytes(k.dir, "m", "x\n", 2);
	assert_false(kept_read(&k, "m", "text", 3, &read));
	put_bytes(k.dir, "clean", "garbage\n", 8);
	kept_read_clean(&k, &clean);
	assert_int_equal(clean.runs, 0);
	kept_close(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_batches, scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(test_confirmed, scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(test_kept, scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(test_reach, scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(test_damaged, scratch_make, scratch_remove),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	buf_deinit(&seen.kernels);
	buf_deinit(&seen.told);
	buf_deinit(&seen.first);
	return failed;
}
