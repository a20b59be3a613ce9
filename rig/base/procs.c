/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/procs.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/task.h"

bool procs_reap(pid_t pid, int *status)
{
	bool seen = false;
	int st;
	pid_t p;

	while ((p = waitpid(-1, &st, WNOHANG)) > 0) {
		if (p == pid) {
			*status = st;
			seen = true;
		}
	}
	return seen;
}

static void name_leftover(pid_t pid, struct buf *log)
{
	struct task_sample s = { 0 };
	struct task_stat st;

	if (task_stat_read(pid, pid, &st) || task_sample(pid, pid, &s))
		return;
	buf_adds(log, "process '");
	buf_add_escaped(log, st.comm, strlen(st.comm), sizeof(st.comm));
	buf_addf(log, "' does not die: state %c in %s\n", s.state, s.wchan);
}

size_t procs_kill(int timeout_ms, struct buf *log)
{
	uint64_t end = now_ns() + (uint64_t)timeout_ms * 1000000;
	/* With a limit: a process forked after the list was read sends no SIGCHLD. */
	struct timespec nap = { .tv_nsec = 50000000 };
	sigset_t chld;
	int status;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	for (;;) {
		pid_t *pids;
		size_t n;
		bool late;

		procs_reap(0, &status);
		late = now_ns() >= end;
		n = task_descendants(getpid(), 0, &pids);
		for (size_t i = 0; i < n; i++) {
			kill(pids[i], SIGKILL);
			if (late && i < 16)
				name_leftover(pids[i], log);
		}
		free(pids);
		if (!n || late)
			return n;
		sigtimedwait(&chld, NULL, &nap);
	}
}
