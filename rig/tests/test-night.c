/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Nights without guests: run_cases() is this file's, and writes the records that a run would.
 * What each kernel does is a word, a letter for each of CASES: p pass, f fail by a finding that
 * no list knows, k fail by a known one, r fail, but it passes when repeated, e error.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "nightly/night-state.h"
#include "nightly/night.h"
#include "reports/record/run-json.h"
#include "reports/record/rundir.h"
#include "plan/cases.h"
#include "run/run.h"
#include "tests/scratch.h"

static const char *const names[] = { "xfs/a/rdma", "xfs/b/rdma", "ext4/c" };
#define CASES ARRAY_SIZE(names)

/* What the kernels do, and what was asked of run_cases(). */
static struct {
	const char *spec[3], *release[3], *does[3]; /* does: NULL does not build */
	size_t stop_after;			    /* cases until a SIGKILL; 0: never */
	unsigned int runs, rechecks, resumed, tries[CASES];
	uint64_t deadline_ns; /* of the last run; 0: none */
	bool mail_fails;
} kernels;

struct err *__wrap_run_cases(const struct run_options *o, int *status);
void __wrap_run_host_close(struct run_host *host);
struct err *__wrap_cases_from_plan(const struct paths *p, const char *name, struct plan *out);

static struct case_record *make_case(size_t i, char letter, bool again)
{
	struct case_record *c = case_record_create(names[i]);
	bool fails = strchr("fk", letter) || (letter == 'r' && !again);
	const struct case_step step = {
		.line = 3,
		.status = fails ? STEP_FAIL : STEP_OK,
		.step = (char *)"wait t",
		.rule = fails ? (char *)"contract.waits" : NULL,
		.expected = fails ? (char *)"it waits" : NULL,
		.found = fails ? (char *)"returned after 7 ms" : NULL,
	};

	c->guest_end = GUEST_END_FINE;
	c->scenario = xasprintf("scenario %s", names[i]);
	case_record_add_step(c, &step);
	c->end_seen = true;
	if (letter == 'e')
		case_record_add_error(c, "no guest");
	case_record_judge(c);
	if (letter == 'k')
		c->findings[0].known = xstrdup("listed");
	return c;
}

static size_t place_of(const char *name)
{
	size_t i = 0;

	while (i < CASES && strcmp(names[i], name) != 0)
		i++;
	assert_true(i < CASES);
	return i;
}

/* The kernel of a spec, or of the store's key, which is its release. */
static size_t kernel_of(const char *spec)
{
	for (size_t k = 0; k < ARRAY_SIZE(kernels.spec); k++)
		if (kernels.spec[k] && (strcmp(spec, kernels.spec[k]) == 0 ||
					(strncmp(spec, "store:", 6) == 0 &&
					 strcmp(spec + 6, kernels.release[k]) == 0)))
			return k;
	fail_msg("an unknown kernel '%s'", spec);
	return 0;
}

static void write_record(const struct run_options *o, const char *folder, size_t k,
			 struct case_record **cases, size_t n, bool complete)
{
	_cleanup_free_ char *path = xasprintf("%s/run.json", folder);
	static unsigned int second;
	char started[40];
	const struct run_record run = { .version = "0.1",
					.started = started,
					.plan_name = o->recheck_of ? NULL : o->plan,
					.accel = "tcg",
					.host_kernel = "6.1 x86_64",
					.kernel_spec = kernels.spec[k],
					.kernel_release = kernels.release[k],
					.kernel_key = kernels.release[k],
					.known_list = "list",
					.recheck_of = o->recheck_of,
					.night = o->night,
					.complete = complete,
					.cases = cases,
					.case_count = n };

	snprintf(started, sizeof(started), "2026-11-30T10:%02u:%02u+00:00", second / 60,
		 second % 60);
	second++;
	ok(run_json_write(&run, path));
}

static struct err *run_whole(const struct run_options *o, size_t k)
{
	struct case_record *cases[CASES];
	_cleanup_free_ char *folder = NULL;
	size_t n = CASES;
	struct rundir dir;

	if (o->resume) {
		kernels.resumed++;
		folder = xstrdup(o->resume);
	} else {
		kernels.runs++;
		ok(rundir_create(&dir, getenv("DAXRIG_DATA"), 1796040000 + kernels.runs, getpid()));
		folder = xstrdup(dir.path);
		rundir_deinit(&dir);
	}
	if (kernels.stop_after)
		n = kernels.stop_after;
	for (size_t i = 0; i < n; i++)
		cases[i] = make_case(i, kernels.does[k][i], false);
	write_record(o, folder, k, cases, n, n == CASES);
	for (size_t i = 0; i < n; i++)
		case_record_destroy(cases[i]);
	return kernels.stop_after ? err_create(ERR_CANCELLED, "interrupted") : NULL;
}

static struct err *run_again(const struct run_options *o, size_t k)
{
	struct rundir dir;
	struct case_record *cases[CASES * 10];
	size_t n = 0;

	kernels.rechecks++;
	ok(rundir_create(&dir, getenv("DAXRIG_DATA"), 1796040000 + 100 + kernels.rechecks,
			 getpid()));
	for (unsigned int i = 0; i < o->repeat; i++)
		for (int c = 0; c < o->nr_cases; c++) {
			size_t place = place_of(o->cases[c]);

			kernels.tries[place]++;
			cases[n++] = make_case(place, kernels.does[k][place], true);
		}
	write_record(o, dir.path, k, cases, n, true);
	for (size_t i = 0; i < n; i++)
		case_record_destroy(cases[i]);
	rundir_deinit(&dir);
	return NULL;
}

struct err *__wrap_run_cases(const struct run_options *o, int *status)
{
	size_t k = kernel_of(o->kernel);

	kernels.deadline_ns = o->deadline_ns;
	*status = 0;
	if (!kernels.does[k])
		return err_create(ERR_BUILD, "cannot build '%s'", o->kernel);
	return o->recheck_of ? run_again(o, k) : run_whole(o, k);
}

/* The library is not beside a test. */
struct err *__wrap_cases_from_plan(const struct paths *p, const char *name, struct plan *out)
{
	(void)p;
	(void)out;
	return strcmp(name, "quick") == 0 ? NULL : err_create(ERR_USAGE, "no plan '%s'", name);
}

void __wrap_run_host_close(struct run_host *host)
{
	(void)host;
}

/* Runs a night of all kernels and returns its status, or -1 after an error. */
static int night(const char *dir, const char *more)
{
	_cleanup_free_ char *path = xasprintf("%s/a.night", dir);
	_cleanup_buf_ struct buf text = BUF_INIT;
	static char *argv[] = { (char *)"daxrig", NULL };
	struct night_file file;
	struct err *err;
	int status = 0;

	for (size_t k = 0; k < ARRAY_SIZE(kernels.spec); k++)
		if (kernels.spec[k])
			buf_addf(&text, "kernel %s\n", kernels.spec[k]);
	buf_addf(&text, "known none\n%s", more);
	put_bytes(dir, "a.night", buf_str(&text), text.len);
	ok(night_file_parse(path, buf_str(&text), text.len, &file));
	err = night_run(&(struct night_options){ .path = path, .file = &file, .argv = argv },
			&status);
	night_file_deinit(&file);
	if (err && err->code != ERR_CANCELLED)
		fail_msg("%s", err->message);
	status = err ? -1 : status;
	err_free(err);
	return status;
}

static int make(void **state)
{
	int ret = scratch_make(state);

	setenv("DAXRIG_DATA", *state, 1);
	setenv("DAXRIG_CACHE", *state, 1);
	setenv("DAXRIG_STATE", *state, 1);
	memset(&kernels, 0, sizeof(kernels));
	kernels.spec[0] = "deb:6.12";
	kernels.release[0] = "6.12.1";
	return ret;
}

static void test_quiet(void **state)
{
	kernels.does[0] = "ppk";
	assert_int_equal(night(*state, ""), 0);
	assert_int_equal(kernels.runs, 1);
	/* what is known is not repeated */
	assert_int_equal(kernels.rechecks, 0);
}

static void test_new(void **state)
{
	kernels.does[0] = "pfk";
	assert_int_equal(night(*state, ""), 1);
	assert_int_equal(kernels.rechecks, 1);
	assert_int_equal(kernels.tries[0], 0);
	assert_int_equal(kernels.tries[1], 5);
	/* the night after it is still there, which is not new */
	assert_int_equal(night(*state, ""), 0);
	assert_int_equal(kernels.runs, 2);
	/* and fixed by the next kernel */
	kernels.release[0] = "6.12.2";
	kernels.does[0] = "ppk";
	assert_int_equal(night(*state, ""), 0);
	assert_int_equal(kernels.tries[1], 15);
}

static void test_seen_once(void **state)
{
	kernels.does[0] = "prp";
	assert_int_equal(night(*state, "recheck 3\n"), 0);
	assert_int_equal(kernels.tries[1], 3);
}

static void test_regressed(void **state)
{
	kernels.does[0] = "ppp";
	assert_int_equal(night(*state, ""), 0);
	kernels.release[0] = "6.12.2";
	kernels.does[0] = "ppf";
	assert_int_equal(night(*state, ""), 1);
}

/* A kernel that does not build is untested, and the night goes on. */
static void test_untested(void **state)
{
	kernels.spec[1] = "deb:7.2";
	kernels.release[1] = "7.2.1";
	kernels.does[1] = "ppp";
	assert_int_equal(night(*state, ""), 3);
	assert_int_equal(kernels.runs, 1);
	/* new comes before broken */
	kernels.does[1] = "fpp";
	assert_int_equal(night(*state, ""), 1);
}

static void test_lost(void **state)
{
	kernels.does[0] = "ppe";
	assert_int_equal(night(*state, ""), 3);
	assert_int_equal(kernels.tries[2], 5);
}

/* The same command goes on: of the kernels that are over none is run again. */
static void test_interrupted(void **state)
{
	kernels.spec[1] = "deb:7.2";
	kernels.release[1] = "7.2.1";
	kernels.does[0] = kernels.does[1] = "ppp";
	assert_int_equal(night(*state, ""), 0);
	kernels.does[0] = "pfp";
	kernels.stop_after = 1;
	assert_int_equal(night(*state, ""), -1);
	assert_int_equal(kernels.runs, 3);
	kernels.stop_after = 0;
	assert_int_equal(night(*state, ""), 1);
	assert_int_equal(kernels.resumed, 1);
	assert_int_equal(kernels.runs, 4);
	/* it is over: the next command is another night */
	assert_int_equal(night(*state, ""), 0);
	assert_int_equal(kernels.runs, 6);
}

/* A mistake of the user's is told at once: no kernel is untested for it. */
static void test_wrong_plan(void **state)
{
	_cleanup_free_ char *path = xasprintf("%s/a.night", (char *)*state);
	struct night_file file = { .plan = (char *)"qick",
				   .kernels = { (char *)"deb:6.12" },
				   .nr_kernels = 1 };
	struct err *err;
	int status;

	err = night_check(&file);
	assert_non_null(err);
	assert_int_equal(err->code, ERR_USAGE);
	err_free(err);
	put_bytes(*state, "a.night", "", 0);
	err = night_run(&(struct night_options){ .path = path, .file = &file }, &status);
	assert_non_null(err);
	assert_int_equal(err->code, ERR_USAGE);
	err_free(err);
	assert_int_equal(kernels.runs, 0);
}

/* Makes the night that was interrupted begin  earlier. */
static void begin_earlier(const char *dir, time_t seconds)
{
	_cleanup_free_ char *folder = xasprintf("%s/nights", dir), *text = NULL;
	_cleanup_free_ char *file = xasprintf("%s/a.night", dir);
	struct night_state s;

	ok(night_state_begin(folder, file, 0, &s));
	assert_true(s.resumed);
	text = xasprintf("runs %s %lld\n", s.id, (long long)(s.begun - seconds));
	ok(file_write_atomic(s.path, text, strlen(text)));
	night_state_deinit(&s);
}

/* The budget counts from the night's first start, also after an interruption. */
static void test_budget(void **state)
{
	const uint64_t second = 1000000000, hour = 3600 * second;
	uint64_t first;

	kernels.does[0] = "ppp";
	assert_int_equal(night(*state, ""), 0);
	assert_int_equal(kernels.deadline_ns, 0);
	kernels.stop_after = 1;
	assert_int_equal(night(*state, "budget 1h\n"), -1);
	first = kernels.deadline_ns;
	assert_true(first > now_ns() + hour - 60 * second && first <= now_ns() + hour);
	kernels.stop_after = 0;
	assert_int_equal(night(*state, "budget 1h\n"), 0);
	/* the start is kept in seconds */
	assert_true(kernels.deadline_ns <= first + second);
	/* it is over: the run ends at once */
	kernels.stop_after = 1;
	assert_int_equal(night(*state, "budget 1h\n"), -1);
	begin_earlier(*state, 7200);
	assert_int_equal(night(*state, "budget 1h\n"), -1);
	assert_true(kernels.deadline_ns <= now_ns());
}

static size_t lines_of(const char *dir, const char *name)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", dir, name);
	_cleanup_buf_ struct buf text = BUF_INIT;
	size_t n = 0;

	if (!path_exists(path))
		return 0;
	ok(file_read(path, 1 << 20, &text));
	for (const char *p = buf_str(&text); (p = strstr(p, "Subject: ")); p++)
		n++;
	return n;
}

/* The mail goes out once, only when something changed; a command that fails gets it again. */
static void test_mail(void **state)
{
	_cleanup_free_ char *good = xasprintf("mail cat >>%s/sent\n", (char *)*state);

	kernels.does[0] = "ppk";
	assert_int_equal(night(*state, good), 0);
	assert_int_equal(lines_of(*state, "sent"), 0);
	kernels.does[0] = "pfk";
	kernels.release[0] = "6.12.2";
	assert_int_equal(night(*state, good), 1);
	assert_int_equal(lines_of(*state, "sent"), 1);
	assert_int_equal(night(*state, good), 0);
	assert_int_equal(lines_of(*state, "sent"), 1);
}

static void test_site(void **state)
{
	_cleanup_free_ char *site = xasprintf("site %s/site\n", (char *)*state);
	_cleanup_free_ char *index = xasprintf("%s/site/index.html", (char *)*state);
	_cleanup_buf_ struct buf text = BUF_INIT;

	kernels.does[0] = "pfk";
	assert_int_equal(night(*state, site), 1);
	ok(file_read(index, 1 << 20, &text));
	assert_non_null(strstr(buf_str(&text), "6.12.1"));
	assert_non_null(strstr(buf_str(&text), "xfs/b/rdma"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_quiet),	TEST(test_new),	     TEST(test_seen_once),
		TEST(test_regressed),	TEST(test_untested), TEST(test_lost),
		TEST(test_interrupted), TEST(test_budget),   TEST(test_wrong_plan),
		TEST(test_mail),	TEST(test_site),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
