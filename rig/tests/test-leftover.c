/* SPDX-License-Identifier: GPL-2.0-only */
/* A daxrig that dies in the middle of a run, its janitor, and the next daxrig. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/files.h"
#include "host/leftover.h"
#include "host/proc.h"

struct dead {
	char state[64];
	char folder[128]; /* its leftover_folder() */
	char made[128];	  /* a folder elsewhere */
	pid_t pid;
	int go; /* a pipe; the daxrig dies when it is closed */
	pid_t qemu, other, stranger;
	int hold; /* a pipe; the three programs end when it is closed */
};

/* Starts a shell named @exe that waits for the end of its input; @arg is its last argument. */
static pid_t start_program(const char *exe, const char *arg, int in)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	dup2(in, 0);
	execl(exe, exe, "-c", "read x", "sh", arg, NULL);
	_exit(127);
}

/* Waits until @pid, just forked, runs @exe. */
static void wait_exec(pid_t pid, const char *exe)
{
	_cleanup_free_ char *link = xasprintf("/proc/%d/exe", pid);
	char found[256];

	for (;;) {
		ssize_t n = readlink(link, found, sizeof(found) - 1);

		if (n < 0)
			fail_msg("%s did not start", exe);
		found[n] = '\0';
		if (strcmp(found, exe) == 0)
			return;
		sched_yield();
	}
}

static void copy_shell(const char *to)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	assert_null(file_read("/bin/sh", 64 << 20, &text));
	assert_null(file_write_atomic(to, buf_str(&text), text.len));
	assert_int_equal(chmod(to, 0755), 0);
}

static void kill_janitor(pid_t pid, void *arg)
{
	struct proc_stat stat;

	(void)arg;
	if (proc_stat_read(pid, &stat) && stat.parent == getpid() && stat.session == pid)
		kill(pid, SIGKILL);
}

/* Runs in a child: registers, makes folders, and dies at once; @alone: its janitor dies too. */
static void child(const struct dead *d, int out, int go, bool alone)
{
	_cleanup_free_ char *socket = NULL, *made = NULL, *file = NULL;
	struct leftover *l;
	char word;

	made = xasprintf("%s/making-%d-0123456789abcdef", d->state, getpid());
	file = xasprintf("%s/file", made);
	if (leftover_begin(d->state, &l, NULL) || leftover_mkdir(l, made))
		_exit(1);
	socket = xasprintf("%s/socket", leftover_folder(l));
	if (file_write_atomic(socket, "x", 1) || file_write_atomic(file, "x", 1))
		_exit(1);
	if (write(out, leftover_folder(l), strlen(leftover_folder(l)) + 1) < 0)
		_exit(1);
	if (read(go, &word, 1))
		_exit(1);
	if (alone)
		proc_for_each(kill_janitor, NULL);
	raise(SIGKILL);
}

static void make_doomed(struct dead *d, bool alone)
{
	int out[2], in[2], go[2];

	strcpy(d->state, "/tmp/daxrig-test-XXXXXX");
	assert_non_null(mkdtemp(d->state));
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(go, O_CLOEXEC), 0);
	d->pid = fork();
	if (!d->pid) {
		close(go[1]);
		close(in[1]);
		child(d, out[1], go[0], alone);
	}
	close(out[1]);
	close(go[0]);
	assert_true(read(out[0], d->folder, sizeof(d->folder)) > 0);
	close(out[0]);
	snprintf(d->made, sizeof(d->made), "%s/making-%d-0123456789abcdef", d->state, d->pid);
	d->go = go[1];
	d->hold = in[1];
	d->qemu = in[0]; /* until start_all() */
}

/*
 * Starts a QEMU with a path of the dead daxrig, a QEMU with a path of another daxrig whose name
 * begins the same, and a program that is not QEMU with a path of the dead daxrig.
 */
static void start_all(struct dead *d)
{
	_cleanup_free_ char *qemu = xasprintf("%s/qemu-system-x86_64", d->state);
	_cleanup_free_ char *plain = xasprintf("%s/editor", d->state);
	_cleanup_free_ char *own = xasprintf("path=%s/socket,server=on", d->folder);
	_cleanup_free_ char *alien = xasprintf("path=%s9/socket", d->folder);
	int in = d->qemu;

	copy_shell(qemu);
	copy_shell(plain);
	d->qemu = start_program(qemu, own, in);
	d->other = start_program(qemu, alien, in);
	d->stranger = start_program(plain, own, in);
	close(in);
	wait_exec(d->qemu, qemu);
	wait_exec(d->other, qemu);
	wait_exec(d->stranger, plain);
}

static void let_die(struct dead *d)
{
	int status;

	assert_true(path_exists(d->folder) && path_exists(d->made));
	close(d->go);
	waitpid(d->pid, &status, 0);
	assert_true(WIFSIGNALED(status));
}

static void only_own_is_gone(struct dead *d)
{
	int status;

	assert_false(path_exists(d->folder) || path_exists(d->made));
	assert_int_equal(waitpid(d->qemu, &status, 0), d->qemu);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_int_equal(waitpid(d->other, &status, WNOHANG), 0);
	assert_int_equal(waitpid(d->stranger, &status, WNOHANG), 0);
	close(d->hold);
	waitpid(d->other, &status, 0);
	waitpid(d->stranger, &status, 0);
	assert_null(tree_remove(d->state));
}

/* Daxrig and janitor died: the next daxrig removes everything. */
static void test_dead(void **state)
{
	struct dead d = { 0 };
	struct leftover *l;
	unsigned int removed;

	(void)state;
	make_doomed(&d, true);
	start_all(&d);
	let_die(&d);
	assert_true(path_exists(d.folder) && path_exists(d.made));
	assert_null(leftover_begin(d.state, &l, &removed));
	assert_int_equal(removed, 1);
	leftover_end(l);
	only_own_is_gone(&d);
}

/* The janitor removes everything at once, and the next daxrig finds nothing. */
static void test_janitor(void **state)
{
	const struct timespec nap = { .tv_nsec = 10000000 };
	_cleanup_free_ char *record = NULL;
	struct dead d = { 0 };
	struct leftover *l;
	unsigned int removed;

	(void)state;
	make_doomed(&d, false);
	start_all(&d);
	record = xasprintf("%s/run/%s", d.state, d.folder + strlen("/tmp/daxrig-"));
	assert_true(path_exists(record));
	let_die(&d);
	for (int i = 0; i < 500 && path_exists(record); i++)
		nanosleep(&nap, NULL);
	assert_false(path_exists(record));
	assert_null(leftover_begin(d.state, &l, &removed));
	assert_int_equal(removed, 0);
	leftover_end(l);
	only_own_is_gone(&d);
}

/* The janitor holds neither our output nor our folder, and signals to our group do not end it. */
static void look_at_janitor(pid_t pid, void *arg)
{
	_cleanup_free_ char *fds = xasprintf("/proc/%d/fd", pid);
	struct proc_stat stat;
	struct dirent *e;
	size_t n = 0;
	DIR *dir;

	if (!proc_stat_read(pid, &stat) || stat.parent != getpid() || stat.session != pid)
		return;
	*(pid_t *)arg = pid;
	dir = opendir(fds);
	assert_non_null(dir);
	while ((e = readdir(dir)))
		n += e->d_name[0] != '.';
	closedir(dir);
	/* standard ones, the run folder, the pipe */
	assert_int_equal(n, 5);
	for (int s = 0; s < 3; s++)
		kill(pid, (int[]){ SIGTERM, SIGINT, SIGHUP }[s]);
	assert_true(proc_stat_read(pid, &stat) && stat.state != 'Z');
}

static void test_janitor_withdraws(void **state)
{
	const struct timespec nap = { .tv_nsec = 200000000 };
	char folder[] = "/tmp/daxrig-test-XXXXXX";
	struct leftover *l;
	pid_t pid = 0;

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_null(leftover_begin(folder, &l, NULL));
	nanosleep(&nap, NULL);
	proc_for_each(look_at_janitor, &pid);
	assert_true(pid > 0);
	/* dismissed even when it was stopped */
	kill(pid, SIGSTOP);
	leftover_end(l);
	assert_int_equal(kill(pid, 0), -1);
	assert_null(tree_remove(folder));
}

static void *idle(void *fd)
{
	char word;

	return read(*(int *)fd, &word, 1) ? fd : NULL;
}

/* A fork in a process with threads may find a lock held forever. */
static void test_threads(void **state)
{
	char folder[] = "/tmp/daxrig-test-XXXXXX";
	struct leftover *l;
	struct err *err;
	pthread_t t;
	int p[2];

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(pipe(p), 0);
	assert_int_equal(pthread_create(&t, NULL, idle, &p[0]), 0);
	err = leftover_begin(folder, &l, NULL);
	assert_non_null(err);
	assert_non_null(strstr(err->message, "there are threads already"));
	err_free(err);
	close(p[1]);
	pthread_join(t, NULL);
	close(p[0]);
	assert_null(tree_remove(folder));
}

static void test_alive(void **state)
{
	char folder[] = "/tmp/daxrig-test-XXXXXX";
	_cleanup_free_ char *run = NULL, *made = NULL, *odd = NULL, *file = NULL;
	struct leftover *l;
	struct stat st;
	int status;
	pid_t pid;

	(void)state;
	assert_non_null(mkdtemp(folder));
	run = xasprintf("%s/run", folder);
	made = xasprintf("%s/making-%d-00112233445566ff", folder, getpid());
	odd = xasprintf("%s/precious", folder);
	file = xasprintf("%s/file", made);
	assert_null(leftover_begin(folder, &l, NULL));
	assert_int_equal(stat(leftover_folder(l), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_true(strlen(leftover_folder(l)) <= 48);
	err_free(leftover_mkdir(l, odd));
	assert_false(path_exists(odd));
	assert_null(leftover_mkdir(l, made));
	assert_null(file_write_atomic(file, "x", 1));
	pid = fork();
	if (!pid) {
		unsigned int removed = 9;
		struct leftover *mine;
		bool good = !leftover_begin(folder, &mine, &removed) && removed == 0;

		leftover_end(mine);
		_exit(!good);
	}
	waitpid(pid, &status, 0);
	assert_int_equal(status, 0);
	assert_true(path_exists(file) && path_exists(leftover_folder(l)));
	leftover_end(l);
	assert_false(path_exists(made));
	assert_int_equal(unlinkat(AT_FDCWD, run, AT_REMOVEDIR), -1); /* its file "lock" stays */
	assert_null(tree_remove(folder));
}

static void test_stat(void **state)
{
	static const char rest[] = "Z 12 3 77 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 0";
	_cleanup_free_ char *odd = xasprintf("5 (a) R 1 (b)) %s", rest);
	struct proc_stat stat = { 0 };

	(void)state;
	assert_true(proc_stat_parse(odd, &stat));
	assert_int_equal(stat.state, 'Z');
	assert_int_equal(stat.parent, 12);
	assert_int_equal(stat.session, 77);
	assert_int_equal(stat.start, 987654);
	assert_false(proc_stat_parse("", &stat));
	assert_false(proc_stat_parse("5 (a) R 1 2", &stat));
	assert_true(proc_stat_read(getpid(), &stat));
	assert_int_equal(stat.parent, getppid());
	assert_false(proc_stat_read(0, &stat));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dead),
		cmocka_unit_test(test_janitor),
		cmocka_unit_test(test_janitor_withdraws),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_alive),
		cmocka_unit_test(test_stat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
