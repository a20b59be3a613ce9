/* SPDX-License-Identifier: GPL-2.0-only */
#include "host/janitor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/task.h"

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* Closes all but the standard ones and @keep. */
static void close_others(int *keep, size_t n)
{
	unsigned int from = 3;

	qsort(keep, n, sizeof(*keep), by_number);
	for (size_t i = 0; i < n; i++) {
		if (keep[i] < (int)from)
			continue;
		if (keep[i] > (int)from)
			close_range(from, (unsigned int)keep[i] - 1, 0);
		from = (unsigned int)keep[i] + 1;
	}
	close_range(from, ~0u, 0);
}

static bool is_kept(int fd, const int *keep, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (keep[i] == fd)
			return true;
	return false;
}

/* Leaves daxrig's session: a signal typed at or sent to its group must not end the janitor. */
static void withdraw(const int *keep, size_t n)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGPIPE };
	int null = open("/dev/null", O_RDWR);

	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		signal(signals[i], SIG_IGN);
	setsid();
	/* `killall daxrig` must not find it either */
	prctl(PR_SET_NAME, "rig-janitor");
	/* a reader of daxrig's output must get end of file when daxrig ends */
	for (int fd = 0; fd < 3; fd++)
		if (!is_kept(fd, keep, n))
			dup2(null, fd);
	if (chdir("/"))
		return; /* harmless: it only keeps a folder busy */
}

static void __noreturn watch(int life, const int *keep, size_t n, void (*clean)(void *), void *arg)
{
	_cleanup_free_ int *fds = xcalloc(n + 1, sizeof(*fds));
	char word;

	for (size_t i = 0; i < n; i++)
		fds[i] = keep[i];
	fds[n] = life;
	withdraw(fds, n + 1);
	close_others(fds, n + 1);
	while (read(life, &word, 1) < 0 && errno == EINTR)
		;
	clean(arg);
	_exit(0);
}

struct err *janitor_start(struct janitor *j, const int *keep, size_t n, void (*clean)(void *arg),
			  void *arg)
{
	_cleanup_free_ pid_t *threads = NULL;
	int ends[2];

	if (task_list(getpid(), &threads) > 1)
		return err_create(ERR_INFRA,
				  "cannot start a janitor: this process has threads already");
	if (pipe2(ends, O_CLOEXEC))
		return err_errno(errno, "cannot start a janitor");
	j->pid = fork();
	if (j->pid == 0) {
		close(ends[1]);
		watch(ends[0], keep, n, clean, arg);
	}
	close(ends[0]);
	if (j->pid < 0) {
		struct err *err = err_errno(errno, "cannot start a janitor");

		j->pid = 0;
		close(ends[1]);
		return err;
	}
	j->life = ends[1];
	return NULL;
}

void janitor_dismiss(struct janitor *j)
{
	if (!j->pid)
		return;
	/* our child, not yet waited for: its pid cannot be reused */
	kill(j->pid, SIGKILL);
	while (waitpid(j->pid, NULL, 0) < 0 && errno == EINTR)
		;
	close_fd(&j->life);
	j->pid = 0;
}
