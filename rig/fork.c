/* SPDX-License-Identifier: GPL-2.0-only */
#include "fork.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "virt-private.h"

/* Above those QEMU finds, so that putting one in its place overwrites none. */
#define FD_ASIDE 16
#define WORDS_MAX 4096

struct fork {
	struct qmp qmp;
	int words;	/* memfd: QEMU's standard output and error */
};

/* Only what is safe between fork() and exec in a process with threads. */
static void __noreturn become_qemu(char **argv, char **env, const int fds[3], pid_t parent)
{
	sigset_t none;

	sigemptyset(&none);
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(126);
	for (int i = 1; i < NSIG; i++)
		signal(i, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	dup2(fds[0], 0);
	dup2(fds[1], 1);
	dup2(fds[1], 2);
	dup2(fds[2], QEMU_MONITOR_FD);
	close_range(QEMU_MONITOR_FD + 1, ~0u, 0);
	execve(argv[0], argv, env);
	_exit(127);
}

static struct err *set_aside(int from, int *to)
{
	*to = fcntl(from, F_DUPFD_CLOEXEC, FD_ASIDE);
	return *to < 0 ? err_errno(errno, "cannot start QEMU") : NULL;
}

/* @fds: standard input, output, monitor, all of them FD_ASIDE or higher. */
static struct err *spawn(struct virt_domain *d, char **argv, const int fds[3])
{
	_cleanup_free_ char *path = xasprintf("PATH=%s", getenv("PATH") ?: "/usr/bin:/bin");
	char *env[] = { (char *)"LC_ALL=C", path, NULL };
	pid_t parent = getpid(), pid = fork();

	if (pid < 0)
		return err_errno(errno, "cannot start QEMU");
	if (pid == 0)
		become_qemu(argv, env, fds, parent);
	d->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (d->pidfd < 0) {
		struct err *err = err_errno(errno, "cannot watch QEMU");

		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		return err;
	}
	pthread_mutex_lock(&d->virt->lock);
	d->pid = pid;
	pthread_mutex_unlock(&d->virt->lock);
	return NULL;
}

static void on_exit_of(int watch, int fd, int events, void *opaque)
{
	struct virt *v = opaque;
	struct virt_domain *d;
	siginfo_t info;

	(void)fd;
	(void)events;
	pthread_mutex_lock(&v->lock);
	for (d = v->domains; d && d->watch != watch; d = d->next)
		;
	if (d) {
		memset(&info, 0, sizeof(info));
		waitid(P_PIDFD, (id_t)d->pidfd, &info, WEXITED | WNOHANG);
		virt_domain_set_gone(d, info.si_code != CLD_EXITED || info.si_status);
		virEventRemoveHandle(watch);
		d->watch = -1;
	}
	pthread_mutex_unlock(&v->lock);
}

static struct err *watch_exit(struct virt_domain *d)
{
	/* Under the lock: the handler must find the number it is called with. */
	pthread_mutex_lock(&d->virt->lock);
	d->watch = virEventAddHandle(d->pidfd, VIR_EVENT_HANDLE_READABLE, on_exit_of, d->virt,
				     NULL);
	pthread_mutex_unlock(&d->virt->lock);
	return d->watch < 0 ? err_create(ERR_INFRA, "cannot watch QEMU") : NULL;
}

static struct err *launch(struct virt_domain *d, const struct qemu_argv *argv)
{
	struct fork *f = d->own;
	_cleanup_close_ int near = -1, far = -1, null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int from[3], to[3] = { -1, -1, -1 }, ends[2];
	struct err *err = NULL;

	f->words = memfd_create("qemu", MFD_CLOEXEC);
	if (null < 0 || f->words < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		return err_errno(errno, "cannot start QEMU");
	near = ends[0];
	far = ends[1];
	memcpy(from, (int[]){ null, f->words, far }, sizeof(from));
	for (size_t i = 0; i < ARRAY_SIZE(from) && !err; i++)
		err = set_aside(from[i], &to[i]);
	if (!err)
		err = spawn(d, argv->v, to);
	for (size_t i = 0; i < ARRAY_SIZE(to); i++)
		close_fd(&to[i]);
	if (err)
		return err;
	qmp_init(&f->qmp, take_fd(near));
	return watch_exit(d);
}

/* QEMU's last line says why it failed. */
static struct err *add_words(struct virt_domain *d, struct err *err)
{
	struct fork *f = d->own;
	_cleanup_buf_ struct buf shown = BUF_INIT;
	char text[WORDS_MAX + 1], *line;
	ssize_t n = f->words < 0 ? 0 : pread(f->words, text, WORDS_MAX, 0);

	while (n > 0 && text[n - 1] == '\n')
		n--;
	if (n <= 0)
		return err;
	text[n] = '\0';
	line = strrchr(text, '\n');
	line = line ? line + 1 : text;
	buf_add_escaped(&shown, line, strlen(line), 400);
	return err_wrap(err, "QEMU says '%s'", buf_str(&shown));
}

static struct err *fork_stop(struct virt_domain *d)
{
	int watch;

	pthread_mutex_lock(&d->virt->lock);
	watch = d->watch;
	d->watch = -1;
	if (watch >= 0)
		virEventRemoveHandle(watch);
	pthread_mutex_unlock(&d->virt->lock);
	return NULL;
}

static struct err *fork_monitor(struct virt_domain *d, bool human, const char *command,
				char **reply)
{
	uint64_t deadline = now_ns() + FORK_LIMIT_NS;

	if (human)
		return qmp_human(fork_qmp(d), command, deadline, reply);
	return qmp_command(fork_qmp(d), command, deadline, reply);
}

static void fork_release(struct virt_domain *d)
{
	struct fork *f = d->own;

	if (!f)
		return;
	qmp_deinit(&f->qmp);
	close_fd(&f->words);
	free(f);
}

static const struct virt_domain_ops fork_ops = {
	.stop = fork_stop,
	.monitor = fork_monitor,
	.release = fork_release,
};

struct qmp *fork_qmp(struct virt_domain *d)
{
	return &((struct fork *)d->own)->qmp;
}

struct err *fork_start(struct virt *v, const struct qemu_argv *argv, const char *channel,
		       struct virt_domain **out)
{
	_cleanup_free_ char *name = xasprintf("daxrig-%d-%u", getpid(),
					      atomic_fetch_add(&v->names, 1) + 1);
	struct virt_domain *d;
	struct fork *f;
	struct err *err = virt_domain_create(v, &fork_ops, name, channel, &d);

	if (err)
		return err;
	d->own = f = xcalloc(1, sizeof(*f));
	f->words = -1;
	qmp_init(&f->qmp, -1);
	err = launch(d, argv);
	if (!err)
		err = qmp_greet(&f->qmp, now_ns() + FORK_LIMIT_NS);
	if (err) {
		err = add_words(d, err);
		virt_domain_destroy(d);
		return err;
	}
	*out = d;
	return NULL;
}
