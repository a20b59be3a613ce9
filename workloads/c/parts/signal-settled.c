/* SPDX-License-Identifier: GPL-2.0-only */
#include "signal-task.c"

/* If it was seen to wait, for what it need not wait for, the signal ends the wait. */
static void signal_settled(struct task *t, int signo)
{
	int waits = t->need_not && !t->may_end && !t->last_close;

	signal_task(t, signo);
	if (waits && !is_over(t, grace_ms)) {
		fail("%s did not end the wait of '%s' within %ld ms", strsignal(signo), t->name,
		     grace_ms);
		print_task_file(t, "stack");
	}
}
