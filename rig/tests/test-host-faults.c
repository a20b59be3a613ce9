/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Faults of the host in the middle of a case, on a real kernel: the verdict is an error or a
 * pass, never a fail, and never a pass without evidence. Run from the top of the tree.
 */
#include "tests/daxrig.h"

#define BASE "build/tests/host-faults"
#define OUT BASE "/out"
#define RUN "run --jobs 1 --out " OUT " "
#define CASE "xfs/refused/uring"
#define SLOW BASE "/slow.scn"
/* Longer than --limit 2 gives host and agent together, scaled as it is without KVM. */
#define RIG_STOP_S 36
/* Longer than --limit 2 gives the agent. */
#define QEMU_STOP_S 12

/* Starts two cases; returns when the first, which takes some seconds, has begun. */
static struct daxrig start_slow(const char *options, pid_t *qemu)
{
	_cleanup_free_ char *line = xasprintf(RUN "%s" SLOW " " CASE, options);
	struct daxrig d = start(line);
	_cleanup_free_ char *console = run_file(&d, OUT, "guests/console-1.log");

	assert_true(hear(&d, "1..2"));
	assert_true(file_shows(console, "case xfs/slow begins"));
	*qemu = qemu_of(&d);
	assert_true(*qemu > 0);
	return d;
}

static void stop_for(pid_t pid, int seconds)
{
	const struct timespec stop = { .tv_sec = seconds };

	assert_int_equal(kill(pid, SIGSTOP), 0);
	nanosleep(&stop, NULL);
	assert_int_equal(kill(pid, SIGCONT), 0);
}

/* As by Ctrl-Z and fg: the guest's messages arrive late, and nothing else changes. */
static void test_rig_stopped(void **state)
{
	struct daxrig d;
	pid_t qemu;

	(void)state;
	d = start_slow("--limit 2 ", &qemu);
	stop_for(d.pid, RIG_STOP_S);
	finish(&d);
	must(&d, 0, "ok 1 xfs/slow\n;;ok 2 " CASE "\n");
	nothing_left(&d, qemu);
	buf_deinit(&d.text);
}

static void test_qemu_stopped(void **state)
{
	struct daxrig d;
	pid_t qemu;

	(void)state;
	d = start_slow("--limit 2 ", &qemu);
	stop_for(qemu, QEMU_STOP_S);
	finish(&d);
	must(&d, 3,
	     "not ok 1 xfs/slow # ERROR liveness.hang, but daxrig or QEMU stood still for ;;"
	     "ok 2 " CASE "\n");
	nothing_left(&d, qemu);
	buf_deinit(&d.text);
}

/* The totals are printed, and nothing is left over. */
static void test_signals(void **state)
{
	static const int signals[] = { SIGHUP, SIGQUIT, SIGTERM, SIGINT };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		pid_t qemu;
		struct daxrig d = start_slow(i % 2 ? "--no-fork " : "", &qemu);

		kill(d.pid, signals[i]);
		finish(&d);
		must(&d, 3,
		     "# Totals: pass:0 fail:0 xfail:0 xpass:0 skip:0 error:2\n;;interrupted: 0 of 2 cases");
		nothing_left(&d, qemu);
		buf_deinit(&d.text);
	}
}

/* As under nohup: an ignored signal stays ignored. */
static void test_ignored(void **state)
{
	struct daxrig d;
	pid_t qemu;

	(void)state;
	signal(SIGHUP, SIG_IGN);
	d = start_slow("", &qemu);
	signal(SIGHUP, SIG_DFL);
	kill(d.pid, SIGHUP);
	finish(&d);
	must(&d, 0, "ok 1 xfs/slow\n;;ok 2 " CASE "\n");
	buf_deinit(&d.text);
}

/* The disk of the run's folder is full before the guest starts, so its console stays empty. */
static void test_console_lost(void **state)
{
	static const char script[] = "mount -t tmpfs -o size=4m none " OUT " || exit 77\n"
				     "./daxrig " RUN "--self-test splat-only " CASE " & run=$!\n"
				     "i=0; until [ -s " OUT
				     "/runs/2*/run.json ] || [ $((i += 1)) = 600 ]\n"
				     "do sleep 0.05; done\n"
				     "dd if=/dev/zero of=" OUT "/fill bs=4k 2>/dev/null\n"
				     "wait $run\n";
	char *argv[] = { (char *)"unshare", (char *)"-m",   (char *)"sh",
			 (char *)"-c",	    (char *)script, NULL };
	struct daxrig d = start_argv(argv);

	(void)state;
	finish(&d);
	if (d.status == 77) {
		buf_deinit(&d.text);
		skip();
	}
	must(&d, 3, "not ok 1 " CASE " # ERROR not all was seen: log: the console does not show");
	buf_deinit(&d.text);
}

static int prepare(void **state)
{
	static const char slow[] = "fs xfs\nfile a 96M written\ncheck a\ncheck a\n";

	(void)state;
	err_free(tree_remove(BASE));
	if (dir_create(OUT) || file_write_atomic(SLOW, slow, strlen(slow)))
		return -1;
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rig_stopped),  cmocka_unit_test(test_qemu_stopped),
		cmocka_unit_test(test_signals),	     cmocka_unit_test(test_ignored),
		cmocka_unit_test(test_console_lost),
	};

	return cmocka_run_group_tests_name("host-faults", tests, prepare, NULL);
}
