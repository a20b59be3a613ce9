/* SPDX-License-Identifier: GPL-2.0-only */
#include "task.c"
#include <signal.h>

static void on_signal(int signo)
{
	(void)signo;
}

/* A handler, without SA_RESTART, catches it. */
static void signal_task(struct task *t, int signo)
{
	struct sigaction act = { .sa_handler = on_signal };

	sigaction(signo, &act, NULL);
	t->may_end = 1;
	if (syscall(SYS_tgkill, getpid(), t->tid, signo) && errno != ESRCH)
		die("tgkill");
}
