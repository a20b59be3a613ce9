/* SPDX-License-Identifier: GPL-2.0-only */
#include "report.c"
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Forks a child, which dies with this process; 0 in the child. */
static pid_t fork_child(void)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (!pid)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pid;
}

/* Closes all files but the standard ones and these; -1: none. */
static void close_others(int a, int b, int c)
{
	for (int fd = 3; fd < 1024; fd++)
		if (fd != a && fd != b && fd != c)
			close(fd);
}
