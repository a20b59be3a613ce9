/* SPDX-License-Identifier: GPL-2.0-only */
/* The index of records: made from them, made again, and never in the way of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/files.h"
#include "reports/history/index.h"
#include "reports/record/run-json.h"
#include "tests/scratch.h"

#define CASES 3

/* A run of CASES cases; the letter of each: p pass, f fail, l lost, s skip, e error. */
struct made {
	const char *name, *started, *verdicts;
	const char *found;	/* of each fail */
	const char *known_list; /* NULL: written without a list */
	const char *recheck_of, *self_test, *end_reason, *spec, *night;
};

static struct case_record *make_case(const struct made *m, size_t i)
{
	static const char *const names[CASES] = { "xfs/a/rdma", "xfs/b/rdma", "ext4/c" };
	struct case_record *c = case_record_create(names[i]);
	char letter = m->verdicts[i];

	c->guest_end = GUEST_END_FINE;
	c->scenario = xasprintf("scenario %s", names[i]);
	if (letter == 'f')
		case_record_add_step(c, &(struct case_step){ .line = 3,
							     .status = STEP_FAIL,
							     .step = (char *)"wait t",
							     .rule = (char *)"contract.waits",
							     .expected = (char *)"it waits",
							     .found = (char *)m->found });
	else
		case_record_add_step(
			c, &(struct case_step){ .line = 3,
						.status = letter == 's' ? STEP_SKIP : STEP_OK,
						.step = (char *)"wait t" });
	c->end_seen = true;
	if (letter == 'e')
		case_record_add_error(c, "no guest");
	if (letter == 'l')
		case_record_see(c, ORACLE_LEDGER, SIGHT_LACKING, "no BTF");
	case_record_judge(c);
	return c;
}

static void put_run(const char *runs, const struct made *m)
{
	_cleanup_free_ char *folder = xasprintf("%s/%s", runs, m->name);
	_cleanup_free_ char *path = xasprintf("%s/run.json", folder);
	struct case_record *cases[CASES];
	size_t n = m->verdicts ? CASES : 0;
	const struct run_record run = { .version = "0.1",
					.started = m->started,
					.plan_name = "quick",
					.accel = "tcg",
					.host_kernel = "6.1 x86_64",
					.kernel_spec = m->spec ? m->spec : "deb:6.12",
					.kernel_release = "6.12.1",
					.kernel_key = "k1",
					.known_list = m->known_list,
					.recheck_of = m->recheck_of,
					.self_test = m->self_test,
					.night = m->night,
					.end_reason = m->end_reason,
					.complete = !m->end_reason,
					.cases = cases,
					.case_count = n };

	for (size_t i = 0; i < n; i++)
		cases[i] = make_case(m, i);
	ok(dir_create(folder));
	ok(run_json_write(&run, path));
	for (size_t i = 0; i < n; i++)
		case_record_destroy(cases[i]);
}

struct setup {
	char *runs, *db;
	struct index *ix;
	struct known known;
};

static void setup(struct setup *s, const char *dir)
{
	static const char list[] = "listed 6.12 contract.waits xfs/a/* *returned after 5 ms*\n";

	s->runs = xasprintf("%s/runs", dir);
	s->db = xasprintf("%s/history.db", dir);
	ok(dir_create(s->runs));
	ok(known_parse("list", list, strlen(list), &s->known));
	ok(index_open(s->db, &s->ix));
}

static void teardown(struct setup *s)
{
	index_close(s->ix);
	known_deinit(&s->known);
	free(s->runs);
	free(s->db);
}

/* Updates and loads; returns how many records could not be read. */
static size_t load(struct setup *s, const struct index_filter *filter, struct history *h)
{
	_cleanup_free_ char *why = NULL;
	size_t skipped;

	ok(index_update(s->ix, s->runs, &s->known, &skipped, &why));
	assert_true(!skipped == !why);
	ok(index_load(s->ix, s->runs, filter, h));
	return skipped;
}

static const struct history_row *row(const struct history *h, uint32_t run, const char *name)
{
	for (size_t i = 0; i < h->runs[run].nr_rows; i++)
		if (strcmp(h->cases[h->runs[run].rows[i].of].name, name) == 0)
			return &h->runs[run].rows[i];
	fail_msg("run %u has no '%s'", run, name);
	return NULL;
}

static void test_runs(void **state)
{
	struct setup s;
	struct history h;
	const struct history_finding *f;

	setup(&s, *state);
	/* the newer first, so that the order is that of the times, also of other zones */
	put_run(s.runs,
		&(struct made){ "1", "2026-11-30T10:00:00+01:00", "fpe", "returned after 7 ms",
				NULL, NULL, NULL, NULL, "src:6.12+debug+x.patch", NULL });
	put_run(s.runs, &(struct made){ .name = "2",
					.started = "2026-11-30T09:30:00+0100",
					.verdicts = "fls",
					.found = "returned after 5 ms" });
	assert_int_equal(load(&s, NULL, &h), 0);
	assert_int_equal(h.nr_runs, 2);
	assert_string_equal(h.runs[0].name, "2");
	assert_string_equal(h.runs[0].arch, "x86_64");
	assert_string_equal(h.runs[0].profile, "");
	assert_string_equal(h.runs[1].profile, "+debug+x.patch");
	assert_int_equal(h.runs[1].start - h.runs[0].start, 1800);
	assert_int_equal(h.runs[1].counts[VERDICT_ERROR], 1);
	assert_int_equal(h.runs[0].nr_rows, CASES);
	assert_int_equal(row(&h, 0, "xfs/b/rdma")->status, STATUS_LOST);
	assert_int_equal(row(&h, 0, "ext4/c")->status, STATUS_SKIP);
	assert_int_equal(row(&h, 0, "xfs/a/rdma")->status, STATUS_KNOWN);
	assert_int_equal(row(&h, 1, "xfs/a/rdma")->status, STATUS_NEW);
	f = &h.findings[row(&h, 1, "xfs/a/rdma")->findings[0]];
	assert_string_equal(f->rule, "contract.waits");
	assert_string_equal(f->found, "returned after N ms");
	assert_string_equal(f->example, "returned after 7 ms");
	assert_string_equal(f->known, "");
	history_deinit(&h);
	teardown(&s);
}

/* A record that was written with a list keeps what that list said. */
static void test_marked(void **state)
{
	struct setup s;
	struct history h;

	setup(&s, *state);
	put_run(s.runs, &(struct made){ .name = "1",
					.started = "2026-11-30T10:00:00+01:00",
					.verdicts = "fpp",
					.found = "returned after 5 ms",
					.known_list = "another" });
	load(&s, NULL, &h);
	assert_int_equal(row(&h, 0, "xfs/a/rdma")->status, STATUS_NEW);
	history_deinit(&h);
	teardown(&s);
}

static void test_changes(void **state)
{
	struct setup s;
	struct history h;
	_cleanup_free_ char *gone = NULL, *broken = NULL;

	setup(&s, *state);
	put_run(s.runs, &(struct made){ .name = "1",
					.started = "2026-11-30T10:00:00+01:00",
					.verdicts = "ppp" });
	put_run(s.runs, &(struct made){ .name = "2",
					.started = "2026-11-30T11:00:00+01:00",
					.verdicts = "ppp" });
	load(&s, NULL, &h);
	assert_int_equal(h.nr_runs, 2);
	history_deinit(&h);
	/* changed, removed, broken */
	put_run(s.runs, &(struct made){ .name = "2",
					.started = "2026-11-30T11:00:00+01:00",
					.verdicts = "pfp",
					.found = "x" });
	gone = xasprintf("%s/1", s.runs);
	ok(tree_remove(gone));
	put_bytes(s.runs, "3/run.json", "{", 1);
	assert_int_equal(load(&s, NULL, &h), 1);
	assert_int_equal(h.nr_runs, 1);
	assert_int_equal(row(&h, 0, "xfs/b/rdma")->verdict, VERDICT_FAIL);
	history_deinit(&h);
	/* an empty folder is no run; a link to one is not a second one */
	broken = xasprintf("%s/3", s.runs);
	ok(tree_remove(broken));
	ok(dir_create(broken));
	free(gone);
	gone = xasprintf("%s/latest", s.runs);
	assert_int_equal(symlink("2", gone), 0);
	assert_int_equal(load(&s, NULL, &h), 0);
	assert_int_equal(h.nr_runs, 1);
	history_deinit(&h);
	teardown(&s);
}

static void test_rechecks(void **state)
{
	struct setup s;
	struct history h;

	setup(&s, *state);
	put_run(s.runs, &(struct made){ .name = "1",
					.started = "2026-11-30T10:00:00+01:00",
					.verdicts = "pfe",
					.found = "x" });
	for (int i = 2; i < 5; i++) {
		char name[2] = { (char)('0' + i), '\0' };

		put_run(s.runs, &(struct made){ .name = name,
						.started = "2026-11-30T11:00:00+01:00",
						.verdicts = i == 2 ? "sfp" : "spp",
						.found = "x",
						.recheck_of = "1" });
	}
	put_run(s.runs, &(struct made){ .name = "6",
					.started = "2026-11-30T12:00:00+01:00",
					.verdicts = "ppp",
					.recheck_of = "nowhere" });
	/* a self-test is in no history */
	put_run(s.runs, &(struct made){ .name = "7",
					.started = "2026-11-30T12:00:00+01:00",
					.verdicts = "fff",
					.found = "x",
					.self_test = "no-unpin" });
	load(&s, NULL, &h);
	assert_int_equal(h.nr_runs, 1);
	assert_int_equal(row(&h, 0, "xfs/b/rdma")->fails, 2);
	assert_int_equal(row(&h, 0, "xfs/b/rdma")->tries, 4);
	assert_int_equal(row(&h, 0, "xfs/b/rdma")->status, STATUS_NEW);
	assert_int_equal(row(&h, 0, "ext4/c")->status, STATUS_PASS);
	assert_int_equal(row(&h, 0, "xfs/a/rdma")->tries, 1);
	history_deinit(&h);
	teardown(&s);
}

static void test_untested(void **state)
{
	struct setup s;
	struct history h;

	setup(&s, *state);
	put_run(s.runs, &(struct made){ .name = "1",
					.started = "2026-11-30T10:00:00+01:00",
					.end_reason = "it does not boot" });
	load(&s, NULL, &h);
	assert_int_equal(h.nr_runs, 1);
	assert_string_equal(h.runs[0].untested, "it does not boot");
	assert_int_equal(history_exit_status(&h.runs[0]), 3);
	history_deinit(&h);
	teardown(&s);
}

static void test_filter(void **state)
{
	static const struct {
		struct index_filter filter;
		size_t cases;
	} table[] = {
		{ { .of_case = "xfs/*" }, 2 },
		{ { .of_case = "*/c" }, 1 },
		{ { .of_case = "nothing" }, 0 },
		{ { .finding = "listed" }, 1 },
		{ { .finding = "contract.*" }, 2 },
		{ { .finding = "returned after N ms" }, 2 },
		{ { .finding = "returned after 5 ms" }, 0 },
		{ { .of_case = "ext4/*", .finding = "contract.*" }, 0 },
	};
	struct setup s;
	struct history h;
	_cleanup_free_ char *path = NULL;
	const char *paths[2] = { NULL, NULL };

	setup(&s, *state);
	put_run(s.runs, &(struct made){ .name = "1",
					.started = "2026-11-30T10:00:00+01:00",
					.verdicts = "ffp",
					.found = "returned after 5 ms" });
	put_run(s.runs, &(struct made){ .name = "2",
					.started = "2026-11-30T11:00:00+01:00",
					.verdicts = "ppp" });
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		load(&s, &table[i].filter, &h);
		assert_int_equal(h.nr_runs, 2);
		/* a run has the rows of the wanted cases, whether they failed in it or not */
		for (uint32_t run = 0; run < 2; run++)
			if (h.runs[run].nr_rows != table[i].cases)
				fail_msg("filter %zu: run %u has %zu rows", i, run,
					 h.runs[run].nr_rows);
		history_deinit(&h);
	}
	put_run(s.runs, &(struct made){ .name = "3",
					.started = "2026-11-30T12:00:00+01:00",
					.verdicts = "ppp",
					.night = "2026-11-30" });
	load(&s, &(struct index_filter){ .nights = true }, &h);
	assert_int_equal(h.nr_runs, 1);
	assert_string_equal(h.runs[0].name, "3");
	history_deinit(&h);
	path = xasprintf("%s/2/run.json", s.runs);
	paths[0] = path;
	load(&s, &(struct index_filter){ .paths = paths }, &h);
	assert_int_equal(h.nr_runs, 1);
	assert_string_equal(h.runs[0].name, "2");
	history_deinit(&h);
	teardown(&s);
}

/* What is no index, or one of another version, is made again. */
static void test_made_again(void **state)
{
	static const char *const bytes[] = { "", "no database at all", "SQLite format 3" };
	struct setup s;
	struct history h;

	setup(&s, *state);
	put_run(s.runs, &(struct made){ .name = "1",
					.started = "2026-11-30T10:00:00+01:00",
					.verdicts = "ppp" });
	for (size_t i = 0; i < ARRAY_SIZE(bytes); i++) {
		index_close(s.ix);
		ok(file_write_atomic(s.db, bytes[i], strlen(bytes[i])));
		ok(index_open(s.db, &s.ix));
		load(&s, NULL, &h);
		assert_int_equal(h.nr_runs, 1);
		history_deinit(&h);
	}
	index_close(s.ix);
	run_ok((const char *const[]){ "truncate", "-s", "20000", s.db, NULL });
	ok(index_open(s.db, &s.ix));
	load(&s, NULL, &h);
	assert_int_equal(h.nr_runs, 1);
	history_deinit(&h);
	index_close(s.ix);
	s.ix = NULL;
	free(s.db);
	s.db = xasprintf("%s/no/such/folder", (char *)*state);
	{
		_cleanup_err_ struct err *err = index_open(s.db, &s.ix);

		assert_non_null(err);
		assert_non_null(strstr(err->message, "cannot open the index"));
	}
	teardown(&s);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_runs),     TEST(test_marked), TEST(test_changes),    TEST(test_rechecks),
		TEST(test_untested), TEST(test_filter), TEST(test_made_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
