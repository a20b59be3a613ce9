/* SPDX-License-Identifier: GPL-2.0-only */
/* Processes of this test that sleep, spin, nap or stand already: did they run meanwhile? */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/task.h"
#include "workloads/oracles/still.h"

#define WHILE_NS 50000000

static void pass(void)
{
	const struct timespec nap = { .tv_nsec = WHILE_NS };

	nanosleep(&nap, NULL);
}

static void __noreturn be(char what)
{
	volatile unsigned int n = 0;

	for (;;) {
		switch (what) {
		case 'x': /* it spins */
			n++;
			break;
		case 'n':
			usleep(1000);
			break;
		case 't':
			raise(SIGSTOP);
			_exit(1); /* woken */
		default:
			pause();
		}
	}
}

static char state_of(pid_t pid)
{
	struct task_stat st;

	return task_stat_read(pid, pid, &st) ? '?' : st.state;
}

static void judges(void **state)
{
	static const struct {
		const char *what;
		char is;
		bool stop, still;
		const char *after; /* the states that it may be in */
	} rows[] = {
		{ "one that sleeps", 's', false, true, "S" },
		{ "one that sleeps, stopped", 's', true, true, "S" },
		{ "one that spins", 'x', false, false, "R" },
		{ "one that spins, stopped", 'x', true, true, "R" },
		{ "one that naps", 'n', false, false, "RS" },
		{ "one that naps, stopped", 'n', true, true, "RS" },
		{ "one that stands", 't', false, true, "T" },
		{ "one that stands is not woken", 't', true, true, "T" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct still s;
		bool got;
		pid_t pid = fork();

		if (!pid)
			be(rows[i].is);
		pass();
		still_begin(&s, getpid(), rows[i].stop, 5000);
		pass();
		got = still_end(&s);
		pass();
		if (got != rows[i].still || !strchr(rows[i].after, state_of(pid)))
			fail_msg("%s: %s, state %c", rows[i].what, got ? "still" : "it ran",
				 state_of(pid));
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
}

/* A process that is made meanwhile is noticed. */
static void newcomer(void **state)
{
	struct still s;
	pid_t pid;

	(void)state;
	still_begin(&s, getpid(), true, 5000);
	pid = fork();
	if (!pid)
		be('s');
	pass();
	assert_false(still_end(&s));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges),
		cmocka_unit_test(newcomer),
	};

	return cmocka_run_group_tests_name("still", tests, NULL, NULL);
}
