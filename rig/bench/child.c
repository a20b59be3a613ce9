/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs that the bench starts, and the last lines of their logs. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "bench/bench.h"

#define LOG_MAX (16u << 20)
#define END_MS 20000 /* how long a daxrig may take to end after SIGTERM */
#define RUN_NS 300000000000ull

static void __noreturn become(const char *const argv[], int log, pid_t parent)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(126);
	close(0);
	open("/dev/null", O_RDONLY);
	dup2(log, 1);
	dup2(log, 2);
	execvp(argv[0], (char **)argv);
	_exit(127);
}

struct err *child_start(const char *const argv[], const char *log, pid_t *pid)
{
	_cleanup_close_ int fd = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	pid_t parent = getpid();

	if (fd < 0)
		return err_errno(errno, "cannot create '%s'", log);
	*pid = fork();
	if (*pid < 0)
		return err_errno(errno, "cannot start '%s'", argv[0]);
	if (*pid == 0)
		become(argv, fd, parent);
	return NULL;
}

static void child_kill(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static struct err *end_child(pid_t pid, struct pollfd *p)
{
	kill(pid, SIGTERM);
	while (poll(p, 1, END_MS) < 0 && errno == EINTR)
		;
	child_kill(pid);
	return bench_interrupted() ? err_create(ERR_CANCELLED, "interrupted") :
				     err_create(ERR_TIMEOUT, "it took too long");
}

struct err *child_wait_usage(pid_t pid, uint64_t deadline, const struct watcher *w, int *status,
			     struct rusage *usage)
{
	_cleanup_close_ int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int how;

	if (fd < 0) {
		struct err *err = err_errno(errno, "cannot watch a child");

		child_kill(pid);
		return err;
	}
	while (poll(&p, 1, w ? w->every_ms : 1000) <= 0) {
		if (bench_interrupted() || now_ns() >= deadline)
			return end_child(pid, &p);
		if (w)
			w->look(w->arg);
	}
	wait4(pid, &how, 0, usage);
	if (!WIFEXITED(how))
		return err_create(ERR_INFRA, "it was killed by signal %d", WTERMSIG(how));
	*status = WEXITSTATUS(how);
	return NULL;
}

struct err *child_wait(pid_t pid, uint64_t deadline, const struct watcher *w, int *status)
{
	return child_wait_usage(pid, deadline, w, status, NULL);
}

struct err *child_until(pid_t pid, uint64_t deadline, const struct watcher *w,
			const uint64_t *ready)
{
	_cleanup_close_ int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct err *err = NULL;

	if (fd < 0)
		err = err_errno(errno, "cannot watch a child");
	while (!err && !*ready) {
		if (poll(&p, 1, w->every_ms) > 0)
			err = err_create(ERR_INFRA, "it ended by itself");
		else if (bench_interrupted() || now_ns() >= deadline)
			return end_child(pid, &p);
		w->look(w->arg);
	}
	child_kill(pid);
	return err;
}

struct err *child_last_words(const char *name, const char *log, int status)
{
	_cleanup_buf_ struct buf text = BUF_INIT, shown = BUF_INIT;
	char *line;

	err_free(file_read(log, LOG_MAX, &text));
	while (text.len && text.data[text.len - 1] == '\n')
		text.data[--text.len] = '\0';
	line = text.len ? strrchr(text.data, '\n') : NULL;
	line = line ? line + 1 : text.data;
	if (line)
		buf_add_escaped(&shown, line, strlen(line), 200);
	return err_create(ERR_INFRA, "%s ended with %d: %s", name, status, buf_str(&shown));
}

struct err *bench_run(const struct bench *b, const char *const args[], const struct watcher *w,
		      struct run_summary *out)
{
	_cleanup_free_ char *log = xasprintf("%s/log", b->out);
	_cleanup_free_ char *record = xasprintf("%s/runs/latest/run.json", b->out);
	const char *argv[BENCH_ARGS_MAX] = { b->daxrig, "run", "--out", b->out, "--seed", "1" };
	uint64_t deadline = now_ns() + RUN_NS;
	int status = 0, n = 6;
	struct err *err;
	pid_t pid;

	*out = (struct run_summary){ 0 };
	if (b->kernel) {
		argv[n++] = "--kernel";
		argv[n++] = b->kernel;
	}
	while (*args && n < BENCH_ARGS_MAX - 1)
		argv[n++] = *args++;
	err = child_start(argv, log, &pid);
	if (!err)
		err = child_wait(pid, deadline, w, &status);
	if (!err && status > 1)
		err = child_last_words("daxrig", log, status);
	if (!err)
		err = run_json_read(record, out);
	if (!err && !out->case_count) {
		run_summary_deinit(out);
		err = err_create(ERR_INFRA, "no case ran");
	}
	return err;
}
