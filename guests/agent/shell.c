/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/agent/shell.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"

#define PIECE (32u << 10)     /* bytes of output in one message */
#define INPUT_MAX (64u << 10) /* bytes that wait for a program that does not read */
#define ENV_MAX 8
#define STATUS_NOT_BEGUN 126

static struct shell *find(struct shells *s, uint64_t number)
{
	for (size_t i = 0; i < SHELLS; i++)
		if (s->v[i].pid && s->v[i].number == number)
			return &s->v[i];
	return NULL;
}

static void tell_end(struct link *l, uint64_t number, uint64_t status)
{
	struct buf msg = BUF_INIT;

	msg_put_u64(&msg, TAG_NUMBER, number);
	msg_put_u64(&msg, TAG_STATUS, status);
	link_send(l, MSG_SHELL, &msg);
	buf_deinit(&msg);
}

static void drop(struct shell *sh)
{
	close_fd(&sh->fd);
	buf_deinit(&sh->in);
	*sh = (struct shell){ .fd = -1 };
}

/* With all that it started; itself also when it is no group of its own yet. */
static void end(const struct shell *sh)
{
	kill(-sh->pid, SIGKILL);
	kill(sh->pid, SIGKILL);
}

static void __noreturn run_child(int slave, const char *command, char *const *env)
{
	char *const shell[] = { "sh", "-l", NULL }, *const one[] = { "sh", "-c", (char *)command,
								     NULL };
	sigset_t none;

	setsid();
	if (!*command)
		ioctl(slave, TIOCSCTTY, 0);
	for (int i = 0; i < 3; i++)
		dup2(i || !*command ? slave : open("/dev/null", O_RDONLY), i);
	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	(void)!chdir("/");
	/* where the host puts it, and where distributions do */
	execve("/usr/sbin/busybox", *command ? one : shell, env);
	execve("/usr/bin/busybox", *command ? one : shell, env);
	_exit(STATUS_NOT_BEGUN);
}

/* A terminal for a person, a pipe for one command; the child's end in *@slave. */
static int open_pair(bool terminal, int *slave)
{
	char name[PATH_MAX];
	int fd, both[2];

	if (!terminal) {
		if (pipe2(both, O_CLOEXEC))
			return -1;
		*slave = both[1];
		return both[0];
	}
	if (!path_exists("/dev/pts/ptmx")) {
		mkdir("/dev/pts", 0755);
		(void)!mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC,
			     "mode=0620,ptmxmode=0666");
	}
	fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fd >= 0 && !grantpt(fd) && !unlockpt(fd) && !ptsname_r(fd, name, sizeof(name)))
		*slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fd >= 0 && *slave < 0)
		close_fd(&fd);
	return fd;
}

static bool start(struct shell *sh, const char *command, char *const *env)
{
	int slave = -1;

	sh->fd = open_pair(!*command, &slave);
	if (sh->fd < 0)
		return false;
	fcntl(sh->fd, F_SETFL, O_NONBLOCK);
	sh->pid = fork();
	if (sh->pid == 0)
		run_child(slave, command, env);
	close(slave);
	if (sh->pid > 0)
		return true;
	drop(sh);
	return false;
}

static void begin(struct shells *s, struct link *l, uint64_t number, const struct frame *f)
{
	char *env[ENV_MAX + 3] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/" };
	char *command = NULL;
	struct shell *sh = NULL;
	struct msg_reader r;
	struct msg_field field;
	size_t n = 2;

	msg_reader_init(&r, f->payload, f->len);
	while (msg_next(&r, &field)) {
		if (field.tag == TAG_NAME && !command)
			command = msg_str(&field, FRAME_PAYLOAD_MAX);
		else if (field.tag == TAG_ARG && n < ENV_MAX + 2)
			env[n++] = msg_str(&field, 256);
	}
	for (size_t i = 0; i < SHELLS && !sh; i++)
		if (!s->v[i].pid)
			sh = &s->v[i];
	if (sh)
		*sh = (struct shell){ .fd = -1, .number = number };
	if (!sh || !start(sh, command, env))
		tell_end(l, number, STATUS_NOT_BEGUN);
	for (size_t i = 2; i < n; i++)
		free(env[i]);
	free(command);
}

void shells_take(struct shells *s, struct link *l, const struct frame *f)
{
	struct msg_field number, field;
	struct shell *sh;

	if (!msg_find(f->payload, f->len, TAG_NUMBER, &number))
		return;
	sh = find(s, msg_u64(&number));
	if (msg_find(f->payload, f->len, TAG_NAME, &field)) {
		if (!sh)
			begin(s, l, msg_u64(&number), f);
	} else if (sh && msg_find(f->payload, f->len, TAG_STATUS, &field)) {
		end(sh);
	} else if (sh && msg_find(f->payload, f->len, TAG_TEXT, &field) &&
		   sh->in.len + field.len <= INPUT_MAX) {
		buf_add(&sh->in, field.data, field.len);
	}
}

void shells_poll(const struct shells *s, const struct link *l, struct pollfd *p)
{
	for (size_t i = 0; i < SHELLS; i++) {
		const struct shell *sh = &s->v[i];
		short events = l->out.len < LINK_OUT_HIGH ? POLLIN : 0;

		p[i] = (struct pollfd){ .fd = -1 };
		if (sh->pid && sh->fd >= 0)
			p[i] = (struct pollfd){
				.fd = sh->fd, .events = (short)(events | (sh->in.len ? POLLOUT : 0))
			};
	}
}

/* False: nothing has come, or nothing will come any more. */
static bool pass_output(struct shell *sh, struct link *l)
{
	struct buf msg = BUF_INIT;
	char piece[PIECE];
	ssize_t n = read(sh->fd, piece, sizeof(piece));

	if (n <= 0) {
		if (n == 0 || (errno != EAGAIN && errno != EINTR))
			close_fd(&sh->fd);
		return false;
	}
	msg_put_u64(&msg, TAG_NUMBER, sh->number);
	msg_put(&msg, TAG_TEXT, piece, (size_t)n);
	link_send(l, MSG_SHELL, &msg);
	buf_deinit(&msg);
	return true;
}

void shells_serve(struct shells *s, struct link *l, const struct pollfd *p)
{
	for (size_t i = 0; i < SHELLS; i++) {
		struct shell *sh = &s->v[i];
		ssize_t n;

		if (!sh->pid || sh->fd < 0 || p[i].fd != sh->fd)
			continue;
		if (p[i].revents & POLLOUT) {
			n = write(sh->fd, sh->in.data, sh->in.len);
			if (n > 0)
				buf_consume(&sh->in, (size_t)n);
		}
		if (p[i].revents & ~POLLOUT)
			pass_output(sh, l);
	}
}

void shells_reaped(struct shells *s, struct link *l, pid_t pid, int status)
{
	struct shell *sh = s->v;

	while (sh < s->v + SHELLS && (!sh->pid || sh->pid != pid))
		sh++;
	if (sh == s->v + SHELLS)
		return;
	/* what it left behind may hold its output open: take what is there */
	for (int i = 0; i < 64 && sh->fd >= 0 && pass_output(sh, l); i++)
		;
	tell_end(l, sh->number,
		 WIFSIGNALED(status) ? 128 + (uint64_t)WTERMSIG(status) :
				       (uint64_t)WEXITSTATUS(status));
	drop(sh);
}

void shells_end(struct shells *s)
{
	for (size_t i = 0; i < SHELLS; i++) {
		if (!s->v[i].pid)
			continue;
		end(&s->v[i]);
		drop(&s->v[i]);
	}
}
