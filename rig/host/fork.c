/* SPDX-License-Identifier: GPL-2.0-only */
#include "host/fork.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/virt-private.h"

/* Above all of enum qemu_fd, so that dup2() to one of its numbers overwrites no other file. */
#define FD_ASIDE 32
#define WORDS_MAX 4096

struct fork {
	struct qmp qmp;
	int words; /* memfd: QEMU's standard output and error */
};

static const char no_confine[] = "cannot become QEMU's user, or give up privileges\n";

/* Makes only calls that are safe between fork() and exec in a process with threads. */
static void __noreturn become_qemu(char **argv, char **env, const int fds[QEMU_FD_END],
				   const struct confine_user *user, pid_t parent)
{
	sigset_t none;

	sigemptyset(&none);
	setpgid(0, 0);
	if (confine_self(user)) {
		(void)!write(fds[2], no_confine, sizeof(no_confine) - 1);
		_exit(126);
	}
	/* after that: a change of the user clears it */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(126);
	for (int i = 1; i < NSIG; i++)
		signal(i, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (int i = 0; i < QEMU_FD_END; i++)
		if (fds[i] < 0 || dup2(fds[i], i) < 0)
			close(i);
	close_range(QEMU_FD_END, ~0u, 0);
	execve(argv[0], argv, env);
	_exit(127);
}

/* Starts @argv with @fds as its descriptors; each is FD_ASIDE or higher, or -1: none. */
static struct err *spawn(struct virt_domain *d, char **argv, const int fds[QEMU_FD_END])
{
	_cleanup_free_ char *path = xasprintf("PATH=%s", getenv("PATH") ?: "/usr/bin:/bin");
	char *env[] = { (char *)"LC_ALL=C", path, NULL };
	pid_t parent = getpid(), pid = fork();

	if (pid < 0)
		return err_errno(errno, "cannot start QEMU");
	if (pid == 0)
		become_qemu(argv, env, fds, &d->virt->user, parent);
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
	/* Under the lock: the handler must find the domain by the watch it is called with. */
	pthread_mutex_lock(&d->virt->lock);
	d->watch = virEventAddHandle(d->pidfd, VIR_EVENT_HANDLE_READABLE, on_exit_of, d->virt,
				     NULL);
	pthread_mutex_unlock(&d->virt->lock);
	return d->watch < 0 ? err_create(ERR_INFRA, "cannot watch QEMU") : NULL;
}

/* Closes @fd; *@aside is a duplicate from FD_ASIDE up. @fd is -1 when opening it set errno. */
static struct err *set_aside(int fd, const char *what, int *aside)
{
	_cleanup_close_ int from = fd;

	*aside = from < 0 ? -1 : fcntl(from, F_DUPFD_CLOEXEC, FD_ASIDE);
	return *aside < 0 ? err_errno(errno, "cannot hand QEMU '%s'", what) : NULL;
}

static int listen_at(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (strlen(path) >= sizeof(addr.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(addr.sun_path, path);
	unlink(path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)) || listen(fd, 1))
		return -1;
	return take_fd(fd);
}

/* QEMU opens it again, for writing too, so QEMU's user must own it. */
static int open_memory(const char *path, const struct confine_user *user)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return -1;
	if (user->other && st.st_uid != user->uid && fchown(fd, user->uid, user->gid))
		return -1;
	return take_fd(fd);
}

static struct err *open_memories(const struct fork_files *files, const struct confine_user *user,
				 int fds[QEMU_FD_END])
{
	struct err *err = NULL;

	for (size_t i = 0; i <= files->nvdimms && !err; i++) {
		_cleanup_free_ char *path = i ? xasprintf("%s/nvdimm%zu", files->folder, i - 1) :
						xasprintf("%s/ram", files->folder);

		err = set_aside(open_memory(path, user), path, &fds[QEMU_FD_RAM + i]);
	}
	return err;
}

static struct err *open_files(const struct fork_files *files, const struct confine_user *user,
			      int fds[QEMU_FD_END])
{
	struct err *err = set_aside(open("/dev/null", O_RDWR | O_CLOEXEC), "/dev/null", &fds[0]);

	if (!err)
		err = set_aside(listen_at(files->channel), files->channel, &fds[QEMU_FD_CHANNEL]);
	if (!err && files->gdb)
		err = set_aside(listen_at(files->gdb), files->gdb, &fds[QEMU_FD_GDB]);
	if (!err)
		err = set_aside(
			open(files->console, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644),
			files->console, &fds[QEMU_FD_CONSOLE]);
	if (!err && files->kernel >= 0)
		err = set_aside(dup(files->kernel), "the kernel", &fds[QEMU_FD_KERNEL]);
	if (!err && files->initrd >= 0)
		err = set_aside(dup(files->initrd), "the initrd", &fds[QEMU_FD_INITRD]);
	if (!err && files->coverage)
		err = set_aside(dup(files->coverage->plugin), "the plugin", &fds[QEMU_FD_PLUGIN]);
	if (!err && files->coverage)
		err = set_aside(dup(files->coverage->bits), "the map of coverage",
				&fds[QEMU_FD_BITS]);
	return err ? err : open_memories(files, user, fds);
}

static struct err *launch(struct virt_domain *d, const struct qemu_argv *argv,
			  const struct fork_files *files)
{
	struct fork *f = d->own;
	_cleanup_close_ int near = -1;
	int fds[QEMU_FD_END], ends[2];
	struct err *err;

	memset(fds, -1, sizeof(fds));
	f->words = memfd_create("qemu", MFD_CLOEXEC);
	if (f->words < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		return err_errno(errno, "cannot start QEMU");
	near = ends[0];
	err = set_aside(ends[1], "its monitor", &fds[QEMU_FD_MONITOR]);
	for (int i = 1; i <= 2 && !err; i++)
		err = set_aside(dup(f->words), "its output", &fds[i]);
	if (!err)
		err = open_files(files, &d->virt->user, fds);
	if (!err)
		err = spawn(d, argv->v, fds);
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		close_fd(&fds[i]);
	if (err)
		return err;
	qmp_init(&f->qmp, take_fd(near));
	return watch_exit(d);
}

struct err *fork_hold(const char *path, int *fd)
{
	_cleanup_close_ int from = open(path, O_RDONLY | O_CLOEXEC);
	_cleanup_close_ int to = memfd_create("held", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	struct stat st;
	ssize_t n = 1;

	if (from < 0 || to < 0 || fstat(from, &st))
		return err_errno(errno, "cannot read '%s'", path);
	for (off_t done = 0; done < st.st_size && n > 0; done += n)
		n = sendfile(to, from, NULL, (size_t)(st.st_size - done));
	if (n <= 0 ||
	    fcntl(to, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL))
		return err_errno(n ? errno : EIO, "cannot read '%s'", path);
	*fd = take_fd(to);
	return NULL;
}

/* Adds QEMU's last line, which says why it failed, to @err. */
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

static struct err *fork_monitor_fd(struct virt_domain *d, const char *command, int fd, char **reply)
{
	return qmp_command_fd(fork_qmp(d), command, fd, now_ns() + FORK_LIMIT_NS, reply);
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
	.monitor_fd = fork_monitor_fd,
	.release = fork_release,
};

struct qmp *fork_qmp(struct virt_domain *d)
{
	return &((struct fork *)d->own)->qmp;
}

struct err *fork_start(struct virt *v, const struct qemu_argv *argv, const struct fork_files *files,
		       struct virt_domain **out)
{
	_cleanup_free_ char *name = xasprintf("daxrig-%d-%u", getpid(),
					      atomic_fetch_add(&v->names, 1) + 1);
	struct virt_domain *d;
	struct fork *f;
	struct err *err = virt_domain_create(v, &fork_ops, name, files->channel, &d);

	if (err)
		return err;
	d->own = f = xcalloc(1, sizeof(*f));
	f->words = -1;
	qmp_init(&f->qmp, -1);
	err = launch(d, argv, files);
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
