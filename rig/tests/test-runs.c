/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs of a folder: listed, found, packed and removed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "guests/archive/archive-io.h"
#include "host/runs.h"
#include "reports/record/journal.h"
#include "tests/scratch.h"

#define DAY 86400
#define NOW 1796000000

/* A made-up run; zero is usual. */
struct made {
	const char *name;
	int days; /* ago */
	const char *release, *plan, *match, *recheck_of, *night, *self_test;
	bool interrupted, killed, empty;
	const char *keep;
	uint64_t bytes;
};

static char *stamp(int days, time_t now)
{
	time_t t = now - (time_t)days * DAY;
	char text[40];
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S+0000", &tm);
	return xstrdup(text);
}

static char *folder_of(const char *base, const char *name)
{
	return xasprintf("%s/runs/%s", base, name);
}

static void make_run(const char *base, const struct made *m, time_t now)
{
	_cleanup_free_ char *folder = folder_of(base, m->name), *started = stamp(m->days, now);
	_cleanup_free_ char *path = xasprintf("%s/run.json", folder);
	const struct run_choices choices = { .jobs = 1 };
	struct case_record *rec = case_record_create("xfs/a");
	struct run_record run = {
		.version = "0.1",
		.started = started,
		.plan_name = m->plan,
		.plan_match = m->match,
		.plan_text = "xfs/a\nxfs/b\n",
		.planned = 2,
		.plan_digest = "d",
		.choices = &choices,
		.kernel_release = m->release,
		.kernel_spec = "deb:6.1",
		.kernel_key = m->release,
		.recheck_of = m->recheck_of,
		.night = m->night,
		.self_test = m->self_test,
		.journal = m->killed,
		.cases = &rec,
		.case_count = !m->empty,
		.complete = !m->interrupted && !m->killed,
	};

	rec->verdict = VERDICT_PASS;
	ok(dir_create(folder));
	ok(run_json_write(&run, path));
	put_bytes(folder, "cases/001-a/console.log", "hello", 5);
	put_bytes(folder, "guests/console-1.log", "boot", 4);
	if (m->keep)
		put_bytes(folder, RUNDIR_KEEP, m->keep, strlen(m->keep));
	case_record_destroy(rec);
}

static const struct made some[] = {
	{ .name = "20261101-100000-1", .days = 9, .release = "6.1.0-57-amd64", .plan = "quick" },
	{ .name = "20261102-100000-2",
	  .days = 8,
	  .release = "6.1.0-57-amd64",
	  .plan = "full",
	  .interrupted = true },
	{ .name = "20261103-100000-3",
	  .days = 7,
	  .release = "6.12.117+deb12-amd64",
	  .plan = "quick" },
	{ .name = "20261104-100000-4",
	  .days = 6,
	  .release = "6.12.117+deb12-amd64",
	  .plan = "quick",
	  .match = "*" },
	{ .name = "20261105-100000-5",
	  .days = 5,
	  .release = "6.12.117+deb12-amd64",
	  .plan = "quick",
	  .killed = true },
	{ .name = "20261106-100000-6",
	  .days = 4,
	  .release = "6.1.0-57-amd64",
	  .plan = "quick",
	  .recheck_of = "20261101-100000-1" },
	{ .name = "20261106-110000-7",
	  .days = 3,
	  .release = "6.15.1",
	  .plan = "quick",
	  .interrupted = true,
	  .night = "2026-11-06" },
	{ .name = "20261107-110000-8",
	  .days = 2,
	  .release = "6.15.1",
	  .plan = "quick",
	  .interrupted = true,
	  .empty = true },
};

static void make_some(const char *base)
{
	for (size_t i = 0; i < ARRAY_SIZE(some); i++)
		make_run(base, &some[i], NOW);
	put_bytes(base, "runs/20261108-110000-9/run.json", "{", 1);
	put_bytes(base, "runs/other/file", "", 0);
}

static void test_list(void **state)
{
	static const enum run_state states[] = {
		RUN_ENDED, RUN_INTERRUPTED, RUN_ENDED,	     RUN_ENDED,	  RUN_INTERRUPTED,
		RUN_ENDED, RUN_INTERRUPTED, RUN_INTERRUPTED, RUN_DAMAGED,
	};
	_cleanup_free_ char *link = folder_of(*state, "latest"), *fifth = NULL;
	struct journal lock;
	struct run_list l;

	ok(run_list_read(*state, &l));
	assert_int_equal(l.n, 0);
	make_some(*state);
	assert_int_equal(symlink(some[0].name, link), 0);
	fifth = folder_of(*state, some[4].name);
	ok(run_list_read(*state, &l));
	assert_int_equal(l.n, ARRAY_SIZE(states));
	for (size_t i = 0; i < l.n; i++)
		assert_int_equal(l.v[i].state, states[i]);
	for (size_t i = 0; i < ARRAY_SIZE(some); i++)
		assert_string_equal(l.v[i].name, some[i].name);
	assert_int_equal(l.v[0].head.counts[VERDICT_PASS], 1);
	assert_int_equal(l.v[0].head.planned, 2);
	assert_int_equal(l.v[0].start, NOW - 9 * DAY);
	assert_true(l.v[0].bytes == tree_size(l.v[0].folder));
	run_list_deinit(&l);
	/* a process that holds its lock runs it */
	ok(journal_lock(&lock, fifth));
	ok(run_list_read(*state, &l));
	assert_int_equal(l.v[4].state, RUN_RUNNING);
	run_list_deinit(&l);
	journal_end(&lock);
}

/* Words, and the run that each means; NULL: none, and the message. */
static const struct {
	const char *word, *name, *says;
} words[] = {
	{ "20261103-100000-3", "20261103-100000-3", NULL },
	{ "20261103", "20261103-100000-3", NULL },
	{ "20261106", NULL, "2 runs have a name that begins with '20261106'" },
	/* a whole plan before a part of it, and before one that was killed later */
	{ "6.12", "20261103-100000-3", NULL },
	{ "6.12.117+deb12-amd64", "20261103-100000-3", NULL },
	/* 6.1 is not the beginning of 6.12, nor 6.1.0-5 of 6.1.0-57 */
	{ "6.1", "20261101-100000-1", NULL },
	{ "6.1:quick", "20261101-100000-1", NULL },
	{ "6.1:full", "20261102-100000-2", NULL },
	{ "6.1.0-5", NULL, "no run '6.1.0-5'" },
	{ "6.12:full", NULL, "no run '6.12:full'" },
	{ "6.15", "20261106-110000-7", NULL },
	{ "latest", "20261106-100000-6", NULL },
	{ NULL, "20261106-100000-6", NULL },
	{ "lastet", NULL, "no run 'lastet'; did you mean 'latest'?" },
	{ "20261103-100000-4", NULL, "did you mean '2026110" },
	{ "", NULL, "9 runs" },
	{ "..", "", NULL },
	{ "/nowhere", NULL, "no run '/nowhere'" },
};

static void test_find(void **state)
{
	struct paths p = { .data = *state };

	make_some(*state);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		_cleanup_free_ char *folder = NULL;
		_cleanup_err_ struct err *err = run_find(&p, words[i].word, &folder);
		const char *slash = folder ? strrchr(folder, '/') + 1 : "none";

		if (words[i].name && (err || (*words[i].name && strcmp(slash, words[i].name))))
			fail_msg("'%s': %s", words[i].word, err ? err->message : slash);
		if (words[i].says && (!err || !strstr(err->message, words[i].says)))
			fail_msg("'%s': %s", words[i].word, err ? err->message : slash);
	}
}

static void test_paths(void **state)
{
	_cleanup_free_ char *base = realpath(*state, NULL);
	struct paths p = { .data = *state };
	_cleanup_free_ char *run = folder_of(base, some[0].name), *folder = NULL, *file = NULL;
	_cleanup_free_ char *record = xasprintf("%s/run.json", run), *link = NULL;
	_cleanup_err_ struct err *err = run_find(&p, NULL, &folder);

	assert_non_null(strstr(err->message, "there is no run in"));
	make_some(*state);
	ok(run_find(&p, run, &folder));
	assert_string_equal(folder, run);
	ok(run_find(&p, record, &file));
	assert_string_equal(file, run);
	/* the link is there: it is the latest, whatever is newer */
	link = folder_of(base, "latest");
	assert_int_equal(symlink(some[0].name, link), 0);
	free(take_ptr(file));
	ok(run_find(&p, "latest", &file));
	assert_string_equal(file, run);
}

static void test_incomplete(void **state)
{
	_cleanup_free_ char *newest = NULL, *eighth = folder_of(*state, some[7].name), *next = NULL;
	struct journal lock;

	make_some(*state);
	ok(run_find_incomplete(*state, &newest));
	assert_non_null(strstr(newest, some[7].name));
	/* one that runs is not incomplete */
	ok(journal_lock(&lock, eighth));
	ok(run_find_incomplete(*state, &next));
	assert_non_null(next);
	assert_non_null(strstr(next, "20261106-110000-7"));
	journal_end(&lock);
}

struct ending {
	const char *name;
	bool complete;
	size_t cases;
	const char *plan, *match, *recheck_of;
	const char *latest, *of_plan; /* what the links name then */
};

static const struct ending endings[] = {
	{ "a", false, 0, "quick", NULL, NULL, "", "" }, /* no case */
	{ "a", false, 1, "quick", NULL, NULL, "a", "a" },
	{ "b", false, 1, "quick", NULL, NULL, "b", "b" }, /* nothing ended before */
	{ "c", true, 1, "quick", NULL, NULL, "c", "c" },
	{ "d", false, 1, "quick", NULL, NULL, "c", "c" },
	{ "e", true, 1, "quick", NULL, "c", "c", "c" },
	{ "f", true, 1, "quick", "*", NULL, "f", "c" },
	{ "g", true, 1, NULL, NULL, NULL, "g", "c" },
	{ "h", true, 1, "quick", NULL, NULL, "h", "h" },
};

static void check_link(const char *base, const char *word, const char *name, size_t row)
{
	_cleanup_free_ char *link = folder_of(base, word);
	char to[64] = "";

	if (readlink(link, to, sizeof(to) - 1) < 0)
		to[0] = '\0';
	if (strcmp(to, name))
		fail_msg("row %zu: '%s' names '%s', not '%s'", row, word, to, name);
}

static void test_latest(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(endings); i++) {
		const struct ending *e = &endings[i];
		_cleanup_free_ char *path = folder_of(*state, e->name);
		_cleanup_free_ char *json = xasprintf("%s/run.json", path);
		struct case_record *rec = case_record_create("xfs/a");
		struct run_record run = { .plan_name = e->plan,
					  .plan_match = e->match,
					  .recheck_of = e->recheck_of,
					  .kernel_release = "6.12+x",
					  .complete = e->complete,
					  .cases = &rec,
					  .case_count = e->cases };
		struct rundir dir;

		ok(dir_create(path));
		ok(run_json_write(&run, json));
		rundir_open(&dir, path);
		ok(runs_point_latest(&dir, &run));
		check_link(*state, "latest", e->latest, i);
		check_link(*state, "latest-6.12-x-quick", e->of_plan, i);
		rundir_deinit(&dir);
		case_record_destroy(rec);
	}
}

static const struct {
	const char *text;
	uint64_t seconds; /* 0: it is no age */
} ages[] = {
	{ "30d", 30 * DAY }, { "12h", 43200 },
	{ "2w", 14 * DAY },  { "1h", 3600 },
	{ "0d", 0 },	     { "d", 0 },
	{ "", 0 },	     { "5", 0 },
	{ "5m", 0 },	     { "-1d", 0 },
	{ "1K d", 0 },	     { "1Kd", 0 },
	{ "5G", 0 },	     { "99999999999999d", 0 },
};

static void test_ages(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ages); i++) {
		uint64_t s = 0;

		if (run_age_parse(ages[i].text, &s) != (ages[i].seconds != 0) ||
		    s != ages[i].seconds)
			fail_msg("'%s'", ages[i].text);
	}
}

/* Runs of the ages 9 to 1 day and 10 bytes each; which of them go, by a letter each. */
struct chosen {
	struct run_limits limits;
	const char *go; /* '-' stays, 'x' goes */
};

/* clang-format off */
static const struct {
	enum run_state state;
	const char *release, *plan, *recheck_of;
	bool keep;
} stock[] = {
	{ RUN_ENDED, "6.1", "quick", "", false },	/* 0 */
	{ RUN_ENDED, "6.1", "quick", "", true },	/* 1: kept for good */
	{ RUN_INTERRUPTED, "6.1", "full", "", false },	/* 2: the newest of its plan that ended is 4 */
	{ RUN_RUNNING, "6.1", "quick", "", false },	/* 3 */
	{ RUN_ENDED, "6.1", "full", "", false },	/* 4: the newest of kernel and plan */
	{ RUN_ENDED, "6.1", "quick", "", false },	/* 5: the newest that ended */
	{ RUN_ENDED, "6.1", "quick", "r5", false },	/* 6: its recheck */
	{ RUN_ENDED, "6.1", "quick", "r0", false },	/* 7: a recheck of one that may go */
	{ RUN_INTERRUPTED, "6.1", "quick", "", false },	/* 8 */
	{ RUN_INTERRUPTED, "7.2", "quick", "", false },	/* 9: nothing of this kernel ended */
	{ RUN_DAMAGED, NULL, NULL, NULL, false },	/* 10 */
};

static const struct chosen chosen[] = {
	{ { 0, 0 },	   "-----------" },
	{ { 1, 0 },	   "x-x----xx-x" },
	{ { 5 * DAY, 0 },  "x-x--------" },
	{ { 0, 1000 },	   "-----------" },
	{ { 0, 105 },	   "x----------" },
	{ { 0, 90 },	   "x-x--------" },
	{ { 0, 89 },	   "x-x----x---" },
	{ { 0, 1 },	   "x-x----xx-x" },
	{ { 5 * DAY, 80 }, "x-x----x---" },
};
/* clang-format on */

static void test_choose(void **state)
{
	struct run_entry v[ARRAY_SIZE(stock)] = { 0 };
	struct run_list l = { v, ARRAY_SIZE(v) };
	char names[ARRAY_SIZE(stock)][24];

	(void)state;
	for (size_t i = 0; i < l.n; i++) {
		snprintf(names[i], sizeof(names[i]), "r%zu", i);
		v[i] = (struct run_entry){ .name = names[i],
					   .state = stock[i].state,
					   .start = NOW - (time_t)(l.n - i) * DAY,
					   .bytes = 10,
					   .keep = stock[i].keep ? names[i] : NULL };
		v[i].head.kernel_release = (char *)(uintptr_t)stock[i].release;
		v[i].head.plan = (char *)(uintptr_t)stock[i].plan;
		v[i].head.recheck_of = (char *)(uintptr_t)stock[i].recheck_of;
	}
	for (size_t i = 0; i < ARRAY_SIZE(chosen); i++) {
		bool remove[ARRAY_SIZE(stock)];
		char go[ARRAY_SIZE(stock) + 1] = "";

		run_list_choose(&l, &chosen[i].limits, NOW, remove);
		for (size_t r = 0; r < l.n; r++)
			go[r] = remove[r] ? 'x' : '-';
		if (strcmp(go, chosen[i].go))
			fail_msg("row %zu: %s, not %s", i, go, chosen[i].go);
	}
}

static void take_line(void *arg, const char *text)
{
	buf_addf(arg, "%s\n", text);
}

static void test_prune(void **state)
{
	_cleanup_free_ char *link = folder_of(*state, "latest-gone"), *last = NULL, *first = NULL;
	_cleanup_free_ char *busy = folder_of(*state, some[4].name), *half = NULL;
	_cleanup_buf_ struct buf said = BUF_INIT;
	const struct progress say = { take_line, &said };
	struct journal lock;

	make_some(*state);
	first = folder_of(*state, some[0].name);
	last = folder_of(*state, some[3].name);
	half = folder_of(*state, ".removed-x");
	assert_int_equal(symlink("20260101-000000-1", link), 0);
	ok(dir_create(half));
	/* a run goes on: whatever its age */
	ok(journal_lock(&lock, busy));
	ok(runs_prune(*state, &(struct run_limits){ .age_s = 3600 }, &say));
	journal_end(&lock);
	/* 6.12 quick: the part ended last, and the whole before it goes */
	if (!strstr(buf_str(&said), "removed 20261103-100000-3, 0.0 MiB\n") ||
	    !strstr(buf_str(&said), "of 9 runs"))
		fail_msg("%s", buf_str(&said));
	assert_true(path_exists(first) && path_exists(last) && path_exists(busy));
	assert_false(path_exists(half));
	assert_int_equal(access(link, F_OK), -1);
	assert_int_equal(readlink(link, (char[8]){ 0 }, 8), -1);
}

/* The archive has what the folder had, byte for byte; the record is read as before. */
static void test_pack(void **state)
{
	_cleanup_free_ char *old = folder_of(*state, some[0].name), *back = NULL, *made = NULL;
	_cleanup_free_ char *record = xasprintf("%s/run.json", old), *cases = NULL, *want = NULL;
	_cleanup_free_ char *packed = xasprintf("%s/" RUNDIR_PACKED, old), *fresh = NULL;
	_cleanup_buf_ struct buf said = BUF_INIT, log = BUF_INIT, again = BUF_INIT;
	const struct progress say = { take_line, &said }, more = { take_line, &again };
	struct run_summary s;

	make_run(*state, &some[0], time(NULL));
	make_run(*state,
		 &(struct made){ .name = "new", .days = 1, .release = "6.1", .plan = "quick" },
		 time(NULL));
	make_run(*state,
		 &(struct made){ .name = "kept",
				 .days = 9,
				 .release = "6.1",
				 .plan = "quick",
				 .keep = "first of x" },
		 time(NULL));
	assert_int_equal(symlink("/etc/passwd", (cases = xasprintf("%s/cases/001-a/link", old))),
			 0);
	ok(runs_pack(*state, 7 * DAY, &say));
	assert_non_null(strstr(buf_str(&said), "packed 1 of 3 runs"));
	assert_non_null(strstr(buf_str(&said), "packed 20261101-100000-1, 0.0 to 0.0 MiB\n"));
	assert_true(path_exists(packed));
	free(take_ptr(cases));
	cases = xasprintf("%s/cases", old);
	assert_false(path_exists(cases));
	fresh = folder_of(*state, "kept/cases/001-a/console.log");
	assert_true(path_exists(fresh));
	back = xasprintf("%s/back", (char *)*state);
	ok(tree_unpack(packed, back));
	made = xasprintf("%s/cases/001-a/console.log", back);
	ok(file_read(made, 100, &log));
	assert_string_equal(buf_str(&log), "hello");
	want = xasprintf("%s/cases/001-a/link", back);
	assert_int_equal(access(want, F_OK), -1);
	ok(run_json_read(record, &s));
	assert_int_equal(s.case_count, 1);
	run_summary_deinit(&s);
	/* once is enough */
	ok(runs_pack(*state, 7 * DAY, &more));
	assert_string_equal(buf_str(&again), "packed 0 of 3 runs, 0.0 MiB less\n");
}

/* Hundreds of runs are listed at once. ASan makes it ten times as slow. */
static void test_speed(void **state)
{
	clock_t start;
	struct run_list l;

	for (int i = 0; i < 300; i++) {
		char name[32];

		snprintf(name, sizeof(name), "20261101-%06d-1", i);
		make_run(*state,
			 &(struct made){
				 .name = name, .days = i, .release = "6.1", .plan = "quick" },
			 NOW);
	}
	start = clock();
	ok(run_list_read(*state, &l));
	print_message("300 runs: %.3f s of a processor\n",
		      (double)(clock() - start) / CLOCKS_PER_SEC);
	assert_int_equal(l.n, 300);
	assert_true(clock() - start < 3 * CLOCKS_PER_SEC);
	run_list_deinit(&l);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_list),       TEST(test_find),	  TEST(test_paths),
		TEST(test_incomplete), TEST(test_latest), cmocka_unit_test(test_ages),
		TEST(test_choose),     TEST(test_prune),  TEST(test_pack),
		TEST(test_speed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
