/* SPDX-License-Identifier: GPL-2.0-only */
#include "catch-signal.c"
#include "child.c"
#include "task.c"
#include <fcntl.h>

/* What the process of an operation tells when it begins, and when it ends. */
struct told {
	double at;
	int result;
};

static void tell(int fd, int result)
{
	struct told told = { now_ms(), result };

	if (write(fd, &told, sizeof(told)) != sizeof(told))
		_exit(1);
}

/* Reads what the process tells. */
static void *follow(void *arg)
{
	struct task *t = arg;
	struct told told = { 0, KILLED };

	if (read(t->pipe, &told, sizeof(told)) == sizeof(told))
		t->from = told.at;
	set_flag(&t->entered);
	told = (struct told){ now_ms(), KILLED };
	if (read(t->pipe, &told, sizeof(told)) < 0)
		told.result = errno;
	t->to = told.at;
	t->result = told.result;
	set_flag(&t->done);
	waitpid(t->pid, NULL, 0);
	close(t->pipe);
	return NULL;
}

/* An operation in a process of its own, which lets go of what it does not need by @only(). */
static void start_process(struct task *t, long (*call)(void), void (*only)(int keep))
{
	int fds[2];

	*t = (struct task){ .name = t->name, .call = call };
	if (pipe2(fds, O_CLOEXEC))
		die("pipe");
	t->pid = t->tid = fork_child();
	if (!t->pid) {
		only(fds[1]);
		catch_signal(SIGTERM);
		catch_signal(SIGINT);
		catch_signal(SIGUSR1);
		catch_signal(SIGUSR2);
		catch_signal(SIGALRM);
		tell(fds[1], 0);
		tell(fds[1], call() ? errno : 0);
		_exit(0);
	}
	close(fds[1]);
	t->pipe = fds[0];
	begin(t, follow);
}
