/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guests/agent/agent.h"

void helper_start(struct helper *h, int (*fn)(int fd, const void *arg), const void *arg)
{
	sigset_t none;
	int p[2];

	*h = (struct helper){ .pid = -1, .fd = -1 };
	if (pipe2(p, O_CLOEXEC))
		return;
	h->pid = fork();
	if (h->pid == 0) {
		setpgid(0, 0);
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		close(p[0]);
		_exit(fn(p[1], arg));
	}
	close(p[1]);
	if (h->pid < 0)
		close(p[0]);
	else
		h->fd = p[0];
}

/* Returns 0 at the end of the pipe, -1 after the deadline. */
static int read_until(int fd, uint64_t deadline, size_t max, struct buf *out)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char chunk[4096];
	size_t total = 0;

	for (;;) {
		uint64_t now = now_ns();
		ssize_t n;

		if (now >= deadline)
			return -1;
		if (poll(&p, 1, (int)((deadline - now) / 1000000) + 1) <= 0)
			continue;
		n = read(fd, chunk, sizeof(chunk));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return 0;
		if (out && total < max)
			buf_add(out, chunk, MIN((size_t)n, max - total));
		total += (size_t)n;
	}
}

int helper_finish(struct helper *h, int timeout_ms, size_t max, struct buf *out)
{
	uint64_t deadline = now_ns() + (uint64_t)timeout_ms * 1000000;
	siginfo_t info = { 0 };
	int status, late;
	pid_t pid;

	if (h->pid < 0)
		return -1;
	late = read_until(h->fd, deadline, max, out);
	close(h->fd);
	h->fd = -1;
	if (late) {
		/* Its children may hold the pipe open, or it hangs: do not wait. */
		kill(-h->pid, SIGKILL);
		kill(h->pid, SIGKILL);
		while (waitid(P_PID, (id_t)h->pid, &info, WEXITED | WNOHANG) < 0 && errno == EINTR)
			;
		return -1;
	}
	do
		pid = waitpid(h->pid, &status, 0);
	while (pid < 0 && errno == EINTR);
	return pid == h->pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int helper_run(int (*fn)(int fd, const void *arg), const void *arg, int timeout_ms, size_t max,
	       struct buf *out)
{
	struct helper h;

	helper_start(&h, fn, arg);
	return helper_finish(&h, timeout_ms, max, out);
}
