/* SPDX-License-Identifier: GPL-2.0-only */
#include "task.c"

static void *run_task(void *arg)
{
	struct task *t = arg;

	t->tid = (pid_t)syscall(SYS_gettid);
	t->from = now_ms();
	set_flag(&t->entered);
	t->result = t->call() ? errno : 0;
	t->to = now_ms();
	set_flag(&t->done);
	return NULL;
}

/* A last close may wait uninterruptibly. */
static void start(struct task *t, long (*call)(void), int last_close)
{
	*t = (struct task){
		.name = t->name, .call = call, .last_close = last_close, .pid = getpid()
	};
	begin(t, run_task);
}
