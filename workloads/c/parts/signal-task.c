/* SPDX-License-Identifier: GPL-2.0-only */
#include "catch-signal.c"
#include "task.c"

/* A thread needs the handler here; a process has its own. */
static void signal_task(struct task *t, int signo)
{
	if (t->pid == getpid())
		catch_signal(signo);
	t->may_end = 1;
	if (syscall(SYS_tgkill, t->pid, t->tid, signo) && errno != ESRCH)
		die("tgkill");
}
