/* SPDX-License-Identifier: GPL-2.0-only */
/* A daxrig that dies in the middle, and the next one. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "leftover.h"
#include "proc.h"

struct dead {
	char state[64];
	char folder[128];	/* its leftover_folder() */
	char file[128];		/* a file elsewhere */
	pid_t qemu, other, stranger;
	int hold;		/* what the three read from: closed, they end */
};

/* A shell by the name @exe that waits for the end of its input; @arg is its last argument. */
static pid_t start_program(const char *exe, const char *arg, int in)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	dup2(in, 0);
	execl(exe, exe, "-c", "read x", "sh", arg, NULL);
	_exit(127);
}

/* True once @pid runs @exe; it just forked. */
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

/* Runs in a child: registers, creates, and dies without a word. */
static void child(const struct dead *d, int out)
{
	_cleanup_free_ char *file = NULL;
	struct leftover *l;

	if (leftover_begin(d->state, &l, NULL) || leftover_add(l, d->file))
		_exit(1);
	file = xasprintf("%s/socket", leftover_folder(l));
	if (file_write_atomic(file, "x", 1) || file_write_atomic(d->file, "x", 1))
		_exit(1);
	if (write(out, leftover_folder(l), strlen(leftover_folder(l)) + 1) < 0)
		_exit(1);
	raise(SIGKILL);
}

static void make_dead(struct dead *d)
{
	int out[2], in[2], status;
	pid_t pid;

	strcpy(d->state, "/tmp/daxrig-test-XXXXXX");
	assert_non_null(mkdtemp(d->state));
	snprintf(d->file, sizeof(d->file), "%s/elsewhere", d->state);
	assert_int_equal(pipe(out), 0);
	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	pid = fork();
	if (!pid)
		child(d, out[1]);
	close(out[1]);
	assert_true(read(out[0], d->folder, sizeof(d->folder)) > 0);
	close(out[0]);
	waitpid(pid, &status, 0);
	assert_true(WIFSIGNALED(status));
	d->hold = in[1];
	d->qemu = in[0];	/* until start_all() */
}

/*
 * A QEMU with a path of the dead daxrig, a QEMU with another's whose name begins the
 * same, and a program with the dead one's path that is no QEMU.
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

static void test_dead(void **state)
{
	struct dead d = { 0 };
	struct leftover *l;
	unsigned int removed;
	int status;

	(void)state;
	make_dead(&d);
	start_all(&d);
	assert_true(path_exists(d.folder) && path_exists(d.file));
	assert_null(leftover_begin(d.state, &l, &removed));
	assert_int_equal(removed, 1);
	assert_false(path_exists(d.folder) || path_exists(d.file));
	assert_int_equal(waitpid(d.qemu, &status, 0), d.qemu);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_int_equal(waitpid(d.other, &status, WNOHANG), 0);
	assert_int_equal(waitpid(d.stranger, &status, WNOHANG), 0);
	close(d.hold);
	waitpid(d.other, &status, 0);
	waitpid(d.stranger, &status, 0);
	leftover_end(l);
	assert_null(tree_remove(d.state));
}

static void test_alive(void **state)
{
	char folder[] = "/tmp/daxrig-test-XXXXXX";
	_cleanup_free_ char *run = NULL, *file = NULL;
	struct leftover *l;
	struct stat st;
	int status;
	pid_t pid;

	(void)state;
	assert_non_null(mkdtemp(folder));
	run = xasprintf("%s/run", folder);
	file = xasprintf("%s/file", folder);
	assert_null(leftover_begin(folder, &l, NULL));
	assert_int_equal(stat(leftover_folder(l), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_true(strlen(leftover_folder(l)) <= 48);
	assert_null(leftover_add(l, file));
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
	assert_false(path_exists(file));
	assert_int_equal(unlinkat(AT_FDCWD, run, AT_REMOVEDIR), -1);	/* its lock stays */
	assert_null(tree_remove(folder));
}

/* A list that a crash cut in the middle of a path removes nothing by that path. */
static void test_torn(void **state)
{
	char folder[] = "/tmp/daxrig-test-XXXXXX";
	_cleanup_free_ char *record = NULL, *list = NULL, *keep = NULL, *drop = NULL;
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct leftover *l;
	unsigned int removed;

	(void)state;
	assert_non_null(mkdtemp(folder));
	record = xasprintf("%s/run/1-1", folder);
	list = xasprintf("%s/list", record);
	keep = xasprintf("%s/keep", folder);
	drop = xasprintf("%s/drop", folder);
	assert_null(dir_create(record));
	assert_null(file_write_atomic(keep, "x", 1));
	assert_null(file_write_atomic(drop, "x", 1));
	buf_add(&text, drop, strlen(drop) + 1);
	buf_add(&text, "relative", 9);
	buf_adds(&text, keep);
	assert_null(file_write_atomic(list, text.data, text.len));
	assert_null(leftover_begin(folder, &l, &removed));
	assert_int_equal(removed, 1);
	assert_true(path_exists(keep));
	assert_false(path_exists(drop) || path_exists(record));
	leftover_end(l);
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
		cmocka_unit_test(test_alive),
		cmocka_unit_test(test_torn),
		cmocka_unit_test(test_stat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
