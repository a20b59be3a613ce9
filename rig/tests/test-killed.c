/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Nothing is left 5 s after a run was killed, whether libvirt or daxrig started its QEMU, and
 * without another daxrig that cleans up. Run from the top of the tree.
 */
#include "tests/daxrig.h"

#include <glob.h>

#define BASE "build/tests/killed"
#define RUN "run --jobs 1 --out " BASE "/out "
#define CASE "xfs/refused/uring"
#define WAIT_NS 60000000000ull
#define GONE_NS 5000000000ull

static char state_folder[] = "/tmp/daxrig-test-XXXXXX";
static char *cache;

static void nap(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
}

static bool matches(const char *pattern)
{
	glob_t found;
	bool any = !glob(pattern, 0, NULL, &found);

	globfree(&found);
	return any;
}

static void await(const char *pattern)
{
	uint64_t deadline = now_ns() + WAIT_NS;

	while (!matches(pattern)) {
		if (now_ns() > deadline)
			fail_msg("'%s' is not there", pattern);
		nap();
	}
}

static pid_t await_qemu(const struct daxrig *d)
{
	uint64_t deadline = now_ns() + WAIT_NS;
	pid_t qemu;

	while (!(qemu = qemu_of(d))) {
		if (now_ns() > deadline)
			fail_msg("no QEMU");
		nap();
	}
	return qemu;
}

/* True while any file or process of @d exists. */
static bool is_left(const struct daxrig *d)
{
	_cleanup_free_ char *record = xasprintf("%s/run/%d-*", state_folder, d->pid);
	_cleanup_free_ char *shared = xasprintf("/dev/shm/daxrig-%d-*", d->pid);
	_cleanup_free_ char *making = xasprintf("%s/templates/making-%d-*", cache, d->pid);

	return matches(record) || matches(shared) || matches(making) || path_exists(d->folder) ||
	       qemu_of(d);
}

/* Kills @d. Its output must end with it: a reader must not wait for the janitor. */
static void kill_and_look(struct daxrig *d, int signal, const char *when)
{
	uint64_t start = now_ns();

	kill(d->pid, signal);
	finish(d);
	while (is_left(d)) {
		if (now_ns() - start > GONE_NS)
			fail_msg("a run killed %s left something:\n%s", when, buf_str(&d->text));
		nap();
	}
	print_message("killed %s: nothing left after %.1f s\n", when,
		      (double)(now_ns() - start) / 1e9);
	buf_deinit(&d->text);
}

static void test_no_fork(void **state)
{
	/* files it makes, in order; the last exists when QEMU has started */
	static const char *const moments[] = { "", "/v/run/qemu", "/v/run/qemu/*.pid", "/agent-0" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(moments); i++) {
		struct daxrig d = start(RUN "--no-fork " CASE);
		_cleanup_free_ char *pattern = xasprintf("%s%s", d.folder, moments[i]);

		await(pattern);
		kill_and_look(&d, SIGKILL, *moments[i] ? moments[i] : "at its beginning");
	}
}

static void test_no_fork_running(void **state)
{
	struct daxrig d = start(RUN "--no-fork " CASE " xfs/refused/rdma-plain");

	(void)state;
	assert_true(hear(&d, "ok 1 "));
	await_qemu(&d);
	kill_and_look(&d, SIGKILL, "between two cases");
	d = start(RUN "--no-fork " CASE);
	await_qemu(&d);
	kill_and_look(&d, SIGKILL, "with a QEMU");
}

static void test_template(void **state)
{
	struct daxrig d = start(RUN CASE);
	_cleanup_free_ char *making = xasprintf("%s/templates/making-%d-*/console", cache, d.pid);
	glob_t found;

	(void)state;
	await(making);
	assert_int_equal(glob(making, 0, NULL, &found), 0);
	assert_true(file_shows(found.gl_pathv[0], "Linux version"));
	globfree(&found);
	assert_true(qemu_of(&d) > 0);
	kill_and_look(&d, SIGKILL, "while a template boots");
	assert_false(matches(making));
}

static void test_crash(void **state)
{
	static const int signals[] = { SIGABRT, SIGSEGV };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		struct daxrig d = start(RUN "--no-fork " CASE);

		await_qemu(&d);
		kill_and_look(&d, signals[i], strsignal(signals[i]));
	}
}

static int set_up(void **state)
{
	_cleanup_free_ char *cwd = getcwd(NULL, 0);

	(void)state;
	cache = xasprintf("%s/" BASE "/cache", cwd);
	err_free(tree_remove(BASE));
	if (!mkdtemp(state_folder) || dir_create(cache))
		return -1;
	setenv("DAXRIG_STATE", state_folder, 1);
	return setenv("DAXRIG_CACHE", cache, 1);
}

static int tear_down(void **state)
{
	(void)state;
	err_free(tree_remove(state_folder));
	err_free(tree_remove(cache));
	free(cache);
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_fork),
		cmocka_unit_test(test_no_fork_running),
		cmocka_unit_test(test_template),
		cmocka_unit_test(test_crash),
	};

	return cmocka_run_group_tests_name("killed", tests, set_up, tear_down);
}
