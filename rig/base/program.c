/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROGRAM_OUTPUT_MAX (1u << 20)
#define PROGRAM_LINE_MAX 4096

static __noreturn void run_child(const char *const argv[], int out_fd)
{
	int null = open("/dev/null", O_RDONLY);
	sigset_t none;

	setpgid(0, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	dup2(null, 0);
	dup2(out_fd, 1);
	dup2(out_fd, 2);
	execvp(argv[0], (char *const *)argv);
	dprintf(2, "cannot run '%s': %s\n", argv[0], strerror(errno));
	_exit(127);
}

static int cancel_fd = -1;

void run_program_cancel_fd(int fd)
{
	cancel_fd = fd;
}

/* Takes a piece of a child's output. */
typedef void take_output_fn(void *arg, const char *data, size_t len);

static void take_bounded(void *out, const char *data, size_t len)
{
	struct buf *b = out;

	if (b->len < PROGRAM_OUTPUT_MAX)
		buf_add(b, data, len);
}

/* Reads the child's output until it ends or the time is over: 0, -ETIMEDOUT or -ECANCELED. */
static int drain(int fd, uint64_t deadline, take_output_fn *take, void *arg)
{
	struct pollfd pfd[] = { { .fd = fd, .events = POLLIN },
				{ .fd = cancel_fd, .events = POLLIN } };
	char chunk[16384];

	for (;;) {
		int wait = -1;
		ssize_t n;

		if (deadline) {
			uint64_t now = now_ns();

			if (now >= deadline)
				return -ETIMEDOUT;
			wait = (int)((deadline - now) / 1000000) + 1;
		}
		if (poll(pfd, 2, wait) <= 0)
			continue;
		if (pfd[1].revents)
			return -ECANCELED;
		n = read(fd, chunk, sizeof(chunk));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return 0;
		take(arg, chunk, (size_t)n);
	}
}

static struct err *program_failed(const char *name, int status, const struct buf *out)
{
	_cleanup_free_ char *text = xstrndup(buf_str(out), out->len);
	_cleanup_buf_ struct buf last = BUF_INIT;
	char *nl;

	for (size_t n = strlen(text); n && text[n - 1] == '\n'; n--)
		text[n - 1] = '\0';
	nl = strrchr(text, '\n');
	nl = nl ? nl + 1 : text;
	buf_add_escaped(&last, nl, strlen(nl), 300);
	if (WIFSIGNALED(status))
		return err_create(ERR_INFRA, "'%s' died from signal %d: %s", name, WTERMSIG(status),
				  buf_str(&last));
	return err_create(WEXITSTATUS(status) == 127 ? ERR_INFRA : ERR_PROGRAM,
			  "'%s' failed with exit status %d: %s", name, WEXITSTATUS(status),
			  buf_str(&last));
}

/* After the call @last_words holds the output that an error message quotes. */
static struct err *run_taking(const char *const argv[], int timeout_ms, take_output_fn *take,
			      void *arg, const struct buf *last_words)
{
	int pipefd[2], status = 0, ret;
	pid_t pid;

	if (pipe2(pipefd, O_CLOEXEC))
		return err_errno(errno, "cannot run '%s'", argv[0]);
	pid = fork();
	if (pid == 0)
		run_child(argv, pipefd[1]);
	close(pipefd[1]);
	if (pid < 0) {
		ret = errno;
		close(pipefd[0]);
		return err_errno(ret, "cannot run '%s'", argv[0]);
	}
	ret = drain(pipefd[0], timeout_ms ? now_ns() + timeout_ms * 1000000ull : 0, take, arg);
	close(pipefd[0]);
	if (ret)
		kill(-pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (ret == -ECANCELED)
		return err_create(ERR_CANCELLED, "interrupted while '%s' ran", argv[0]);
	if (ret)
		return err_create(ERR_TIMEOUT, "'%s' did not end within %d s", argv[0],
				  timeout_ms / 1000);
	return status ? program_failed(argv[0], status, last_words) : NULL;
}

struct err *run_program(const char *const argv[], int timeout_ms, struct buf *out)
{
	_cleanup_buf_ struct buf own = BUF_INIT;
	struct buf *to = out ? out : &own;
	struct err *err = run_taking(argv, timeout_ms, take_bounded, to, to);

	if (!out)
		fwrite(buf_str(to), 1, to->len, stderr);
	return err;
}

struct line_cutter {
	struct buf line; /* an unfinished line */
	struct buf last; /* the last line that was not empty */
	void (*take)(void *arg, const char *line);
	void *arg;
};

static void end_line(struct line_cutter *c)
{
	if (!c->line.len)
		return;
	buf_reset(&c->last);
	buf_adds(&c->last, buf_str(&c->line));
	buf_reset(&c->line);
	c->take(c->arg, buf_str(&c->last));
}

static void take_lines(void *arg, const char *data, size_t len)
{
	struct line_cutter *c = arg;

	for (size_t i = 0; i < len; i++) {
		if (data[i] == '\n')
			end_line(c);
		else if (c->line.len < PROGRAM_LINE_MAX)
			buf_addc(&c->line, data[i] ? data[i] : '?');
	}
}

struct err *run_program_lines(const char *const argv[], int timeout_ms,
			      void (*take)(void *arg, const char *line), void *arg)
{
	struct line_cutter c = { .line = BUF_INIT, .last = BUF_INIT, .take = take, .arg = arg };
	struct err *err = run_taking(argv, timeout_ms, take_lines, &c, &c.last);

	end_line(&c);
	buf_deinit(&c.line);
	buf_deinit(&c.last);
	return err;
}
