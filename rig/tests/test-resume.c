/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs that are killed, or whose terminal goes away, on a real kernel: 'run --resume' runs each
 * case that is left, once. Run from the top of the tree.
 */
#include "tests/daxrig.h"

#include <sys/ioctl.h>
#include <termios.h>

#include "reports/record/journal.h"
#include "reports/record/run-json.h"

#define BASE "build/tests/resume"
#define OUT BASE "/out"
#define SLOW BASE "/slow.scn"
#define CASE "xfs/refused/uring"
#define LAST "xfs/refused/rdma-plain"
/* the limit: several things may run on this machine */
#define RUN "run --jobs 1 --limit 120 --out " OUT " " CASE " " SLOW " " LAST
#define RESUME "run --resume --out " OUT

static void put_slow(const char *more)
{
	_cleanup_free_ char *text = xasprintf("fs xfs\nfile a rest written\ncheck a\ncheck a\n%s",
					      more);

	assert_null(file_write_atomic(SLOW, text, strlen(text)));
}

/* Starts three cases; returns when the second, which takes some seconds, has begun. */
static struct daxrig start_slow(char **folder)
{
	struct daxrig d = start(RUN);
	_cleanup_free_ char *console = run_file(&d, OUT, "guests/console-2.log");

	assert_true(file_shows(console, "case xfs/slow begins"));
	*folder = xstrndup(console, (size_t)(strstr(console, "/guests/") - console));
	return d;
}

static struct run_summary read_run(const char *folder)
{
	_cleanup_free_ char *path = xasprintf("%s/run.json", folder);
	struct run_summary s;
	struct err *err = run_json_read_raw(path, &s);

	if (err)
		fail_msg("%s", err->message);
	return s;
}

/* All three are there, once, in order; the first is the one of @before. */
static void check_whole(const char *folder, const struct run_summary *before)
{
	static const char *const names[] = { CASE, "xfs/slow", LAST };
	_cleanup_free_ char *journal = xasprintf("%s/" JOURNAL_NAME, folder);
	struct run_summary s = read_run(folder);

	assert_true(s.complete);
	assert_int_equal(s.case_count, ARRAY_SIZE(names));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		assert_string_equal(s.cases[i]->name, names[i]);
		assert_int_equal(s.cases[i]->verdict, VERDICT_PASS);
	}
	assert_string_equal(s.cases[0]->raw, before->cases[0]->raw);
	assert_string_equal(s.started, before->started);
	assert_true(s.duration_ns > before->duration_ns);
	assert_false(path_exists(journal));
	run_summary_deinit(&s);
}

/* Of a killed run everything that was over is kept, and the case that was cut is run again. */
static void test_killed(void **state)
{
	struct run_summary before;
	char *folder;
	struct daxrig d;

	(void)state;
	put_slow("");
	d = start_slow(&folder);
	kill(d.pid, SIGKILL);
	finish(&d);
	buf_deinit(&d.text);
	before = read_run(folder);
	assert_int_equal(before.case_count, 1);
	assert_false(before.complete);
	check("runs --out " OUT, 0, "1/3 1/0/0/0;;interrupted");
	check(RESUME " --seed 5", 2, "--seed 5 contradicts the run");
	check(RESUME " --match *uring", 2,
	      "--match '*uring' contradicts the run, which has 'none'");
	check(RESUME " --kernel deb:7.2", 2, "--kernel 'deb:7.2' contradicts the run");
	put_slow("check a\n");
	check(RESUME, 2, "the plan changed");
	put_slow("");
	check(RESUME, 0,
	      "1..3\n;;ok 1 " CASE "\n;;ok 2 xfs/slow\n;;ok 3 " LAST "\n;;"
	      "# Totals: pass:3 fail:0 skip:0 error:0;;resumed: 1 of 3 cases were over");
	check_whole(folder, &before);
	check(RESUME, 2, "was interrupted");
	{
		_cleanup_free_ char *again = xasprintf(RESUME " %s", folder);

		check(again, 0, "is complete: nothing is left to run");
	}
	run_summary_deinit(&before);
	free(folder);
}

/* Another terminal sees the run, cannot resume it, and gets its status at its end. */
static void test_watched(void **state)
{
	_cleanup_free_ char *line = NULL, *again = NULL;
	char *folder;
	struct daxrig d, w;

	(void)state;
	put_slow("");
	d = start_slow(&folder);
	again = xasprintf(RESUME " %s", folder);
	check(again, 2, "is still running, as process");
	check("runs --out " OUT, 0, "running");
	line = xasprintf("watch %s", folder);
	w = start(line);
	finish(&d);
	must(&d, 0, "ok 3 " LAST "\n");
	finish(&w);
	must(&w, 0, "[3/3] ;;cases    3: 3 pass, 0 fail");
	buf_deinit(&d.text);
	buf_deinit(&w.text);
	/* of a run that is over, the summary */
	check(line, 0, "cases    3: 3 pass, 0 fail");
	free(folder);
}

/* A child of a session of its own whose terminal is the other end of *@master. */
static pid_t start_on_terminal(int *master)
{
	char *argv[] = { (char *)"./daxrig", (char *)"run", (char *)"--jobs", (char *)"1",
			 (char *)"--limit",  (char *)"120", (char *)"--out",  (char *)OUT,
			 (char *)CASE,	     (char *)SLOW,  (char *)LAST,     NULL };
	const char *name;
	pid_t pid;

	*master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(*master >= 0);
	assert_int_equal(grantpt(*master) || unlockpt(*master), 0);
	name = ptsname(*master);
	pid = fork();
	if (pid == 0) {
		int tty;

		setsid();
		tty = open(name, O_RDWR);
		if (tty < 0 || ioctl(tty, TIOCSCTTY, 0) || dup2(tty, 0) < 0 || dup2(tty, 1) < 0 ||
		    dup2(tty, 2) < 0)
			_exit(127);
		execv(argv[0], argv);
		_exit(127);
	}
	return pid;
}

/* The terminal goes away, as when ssh is cut: SIGHUP, and every write fails. */
static void test_hang_up(void **state)
{
	struct daxrig d = { .text = BUF_INIT };
	_cleanup_free_ char *console = NULL, *folder = NULL, *journal = NULL;
	struct run_summary before;
	int master, status;
	pid_t qemu;

	(void)state;
	put_slow("");
	d.pid = start_on_terminal(&master);
	console = run_file(&d, OUT, "guests/console-2.log");
	assert_true(file_shows(console, "case xfs/slow begins"));
	folder = xstrndup(console, (size_t)(strstr(console, "/guests/") - console));
	d = (struct daxrig){ .pid = d.pid, .text = BUF_INIT };
	set_folder(&d);
	qemu = qemu_of(&d);
	assert_true(qemu > 0);
	close(master);
	assert_int_equal(waitpid(d.pid, &status, 0), d.pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 3);
	nothing_left(&d, qemu);
	journal = xasprintf("%s/" JOURNAL_NAME, folder);
	assert_false(path_exists(journal));
	before = read_run(folder);
	assert_int_equal(before.case_count, 1);
	assert_string_equal(before.end_reason, "interrupted");
	check(RESUME, 0, "resumed: 1 of 3 cases were over;;ok 3 " LAST "\n;;pass:3 fail:0");
	check_whole(folder, &before);
	run_summary_deinit(&before);
}

/* A signal to every process of a service ends QEMU as well; that is no verdict on the kernel. */
static void test_all_signalled(void **state)
{
	struct run_summary before;
	char *folder;
	struct daxrig d;
	pid_t qemu;

	(void)state;
	put_slow("");
	d = start_slow(&folder);
	qemu = qemu_of(&d);
	kill(d.pid, SIGSTOP);
	kill(qemu, SIGTERM);
	kill(d.pid, SIGTERM);
	kill(d.pid, SIGCONT);
	finish(&d);
	must(&d, 3, "interrupted: 1 of 3 cases ran");
	buf_deinit(&d.text);
	before = read_run(folder);
	assert_int_equal(before.case_count, 1);
	check(RESUME, 0, "pass:3 fail:0");
	check_whole(folder, &before);
	run_summary_deinit(&before);
	free(folder);
}

static int prepare(void **state)
{
	(void)state;
	err_free(tree_remove(BASE));
	return dir_create(OUT) ? -1 : 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_watched),
		cmocka_unit_test(test_hang_up),
		cmocka_unit_test(test_all_signalled),
	};

	return cmocka_run_group_tests_name("resume", tests, prepare, NULL);
}
