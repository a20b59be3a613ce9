/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/task.h"

static const struct {
	const char *line;
	bool ok;
	const char *comm;
	char state;
	pid_t ppid, pgrp;
	uint64_t utime, stime;
} stats[] = {
	{ "42 (init) S 1 42 0 0 -1 4194560 1 2 3 4 50 60 0 0 20", true, "init", 'S', 1, 42, 50,
	  60 },
	{ "7 (a b) D 3 7 0 0 -1 0 0 0 0 0 1 2 0", true, "a b", 'D', 3, 7, 1, 2 },
	{ "7 (x) R 9 (y)) Z 5 6 0 0 -1 0 0 0 0 0 11 12 0", true, "x) R 9 (y)", 'Z', 5, 6, 11, 12 },
	{ "7 () R 5 6 0 0 -1 0 0 0 0 0 11 12 0", true, "", 'R', 5, 6, 11, 12 },
	{ "7 (x) R 5 6 0 0 -1 0 0 0 0 0 11", false, NULL, 0, 0, 0, 0, 0 },
	{ "7 (x", false, NULL, 0, 0, 0, 0, 0 },
	{ "7 )x( R 5 6 0 0 -1 0 0 0 0 0 11 12", false, NULL, 0, 0, 0, 0, 0 },
	{ "(x) R 5 6 0 0 -1 0 0 0 0 0 11 12", false, NULL, 0, 0, 0, 0, 0 },
	{ "", false, NULL, 0, 0, 0, 0, 0 },
};

static void parses_stat(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(stats); i++) {
		struct task_stat s = { 0 };

		if (task_stat_parse(stats[i].line, &s) != stats[i].ok)
			fail_msg("row %zu: '%s'", i, stats[i].line);
		if (!stats[i].ok)
			continue;
		assert_string_equal(s.comm, stats[i].comm);
		assert_int_equal(s.state, stats[i].state);
		assert_int_equal(s.ppid, stats[i].ppid);
		assert_int_equal(s.pgrp, stats[i].pgrp);
		assert_int_equal(s.utime, stats[i].utime);
		assert_int_equal(s.stime, stats[i].stime);
	}
}

static void samples_itself(void **state)
{
	struct task_sample a, b;
	volatile unsigned int sink = 0;

	(void)state;
	assert_int_equal(task_sample(getpid(), getpid(), &a), 0);
	assert_int_equal(a.state, 'R');
	do {
		for (unsigned int i = 0; i < 10000000; i++)
			sink += i;
		(void)sink;
		assert_int_equal(task_sample(getpid(), getpid(), &b), 0);
	} while (b.cpu_ns < a.cpu_ns + 1000000);
	assert_int_equal(task_sample(0x7ffffff0, 0x7ffffff0, &b), -ESRCH);
}

static void finds_descendants(void **state)
{
	pid_t child, *ids;
	int p[2], grandchild;
	size_t n;
	bool has_child = false, has_grandchild = false;

	(void)state;
	assert_int_equal(pipe(p), 0);
	child = fork();
	if (child == 0) {
		pid_t g = fork();

		if (g == 0) {
			setsid();
			for (;;)
				pause();
		}
		if (write(p[1], &g, sizeof(g)) != sizeof(g))
			_exit(1);
		for (;;)
			pause();
	}
	assert_int_equal(read(p[0], &grandchild, sizeof(grandchild)), sizeof(grandchild));
	n = task_descendants(getpid(), 0, &ids);
	for (size_t i = 0; i < n; i++) {
		has_child |= ids[i] == child;
		has_grandchild |= ids[i] == grandchild;
		assert_int_not_equal(ids[i], getpid());
	}
	free(ids);
	assert_true(has_child && has_grandchild);
	n = task_descendants(getpid(), child, &ids);
	for (size_t i = 0; i < n; i++)
		assert_true(ids[i] != child && ids[i] != grandchild);
	free(ids);
	kill(grandchild, SIGKILL);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	close(p[0]);
	close(p[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses_stat),
		cmocka_unit_test(samples_itself),
		cmocka_unit_test(finds_descendants),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
