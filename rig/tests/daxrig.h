/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs ./daxrig as a child of a test: starts it, reads its output, and finds what it leaves. */
#ifndef RIG_TESTS_DAXRIG_H
#define RIG_TESTS_DAXRIG_H

#include <fcntl.h>
#include <glob.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/files.h"
#include "base/program.h"
#include "host/proc.h"

#define WORDS_MAX 16
#define OUTPUT_MAX (1u << 20)

struct daxrig {
	pid_t pid;
	char folder[64]; /* its own folder, which has its sockets */
	int fd;		 /* its standard output and error */
	struct buf text; /* its output so far; buf_deinit() it */
	int status;
};

/* Fills in d->folder. */
static inline void set_folder(struct daxrig *d)
{
	struct proc_stat st;

	assert_true(proc_stat_read(d->pid, &st));
	snprintf(d->folder, sizeof(d->folder), "/tmp/daxrig-%d-%llu", d->pid,
		 (unsigned long long)st.start);
}

static inline struct daxrig start_argv(char *const argv[])
{
	struct daxrig d = { .text = BUF_INIT, .status = -1 };
	int p[2];

	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	d.pid = fork();
	if (d.pid == 0) {
		dup2(p[1], 1);
		dup2(p[1], 2);
		execvp(argv[0], argv);
		_exit(127);
	}
	close(p[1]);
	d.fd = p[0];
	set_folder(&d);
	return d;
}

/* Starts ./daxrig with the words of @line. */
static inline struct daxrig start(const char *line)
{
	_cleanup_free_ char *copy = xstrdup(line);
	char *argv[WORDS_MAX] = { (char *)"./daxrig" }, *save = NULL;
	int n = 1;

	for (char *w = strtok_r(copy, " ", &save); w && n < WORDS_MAX - 1;
	     w = strtok_r(NULL, " ", &save))
		argv[n++] = w;
	return start_argv(argv);
}

/* Reads until the output contains @what, or to its end; true when it does. */
static inline bool hear(struct daxrig *d, const char *what)
{
	char chunk[4096];
	ssize_t n;

	while (!what || !strstr(buf_str(&d->text), what)) {
		n = read(d->fd, chunk, sizeof(chunk));
		if (n <= 0)
			return false;
		if (d->text.len < OUTPUT_MAX)
			buf_add(&d->text, chunk, (size_t)n);
	}
	return true;
}

static inline void finish(struct daxrig *d)
{
	int status;

	hear(d, NULL);
	close(d->fd);
	waitpid(d->pid, &status, 0);
	d->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* The finished @d must have the exit status and each text of the list, separated by ";;". */
static inline void must(const struct daxrig *d, int status, const char *wanted)
{
	_cleanup_free_ char *copy = xstrdup(wanted);

	if (d->status != status)
		fail_msg("exit status %d, not %d:\n%s", d->status, status, buf_str(&d->text));
	for (char *w = copy; w;) {
		char *next = strstr(w, ";;");

		if (next)
			*next = '\0';
		if (!strstr(buf_str(&d->text), w))
			fail_msg("'%s' is not in the output:\n%s", w, buf_str(&d->text));
		w = next ? next + 2 : NULL;
	}
}

/* Runs @line to its end, then checks it with must(). */
static inline void check(const char *line, int status, const char *wanted)
{
	struct daxrig d = start(line);

	finish(&d);
	if (d.status != status)
		print_message("daxrig %s\n", line);
	must(&d, status, wanted);
	buf_deinit(&d.text);
}

struct qemu_search {
	const char *folder;
	pid_t found;
};

static inline void see_process(pid_t pid, void *arg)
{
	struct qemu_search *s = arg;

	if (proc_is_qemu_of(pid, s->folder))
		s->found = pid;
}

/* A QEMU of @d, 0 when there is none. */
static inline pid_t qemu_of(const struct daxrig *d)
{
	struct qemu_search s = { .folder = d->folder };

	proc_for_each(see_process, &s);
	return s.found;
}

/* Sets a limit of @qemu, as the user that it runs as, which may not be the test's. */
static inline void limit_qemu(pid_t qemu, int which, rlim_t most)
{
	_cleanup_free_ char *proc = xasprintf("/proc/%d", qemu);
	const struct rlimit limit = { most, most };
	struct stat st;
	int status;
	pid_t pid;

	assert_int_equal(stat(proc, &st), 0);
	pid = fork();
	if (pid == 0)
		_exit(setresgid(st.st_gid, st.st_gid, st.st_gid) ||
		      setresuid(st.st_uid, st.st_uid, st.st_uid) ||
		      prlimit(qemu, which, &limit, NULL));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* Finds the janitor of @d. */
static inline void see_janitor(pid_t pid, void *arg)
{
	pid_t *found = arg; /* the pid of its daxrig, until it is found */
	struct proc_stat st;

	if (proc_stat_read(pid, &st) && st.parent == *found && st.session == pid)
		*found = pid;
}

static inline pid_t janitor_of(const struct daxrig *d)
{
	pid_t found = d->pid;

	proc_for_each(see_janitor, &found);
	return found == d->pid ? 0 : found;
}

/* Checks that @d, which ended and had @qemu, left no process and no file. */
static inline void nothing_left(const struct daxrig *d, pid_t qemu)
{
	const char *argv[] = { "sh", "-c", NULL, NULL };
	_cleanup_free_ char *script = xasprintf("ls -d /dev/shm/daxrig-%d-* /tmp/daxrig-%d-* "
						"2>/dev/null; true",
						d->pid, d->pid);
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct proc_stat st;

	argv[2] = script;
	assert_null(run_program(argv, 10000, &out));
	assert_string_equal(buf_str(&out), "");
	assert_true(qemu > 0);
	/* a zombie counts as gone: its new parent has not reaped it yet */
	assert_true(!proc_stat_read(qemu, &st) || st.state == 'Z');
	assert_int_equal(qemu_of(d), 0);
}

/*
 * The path of the file @name of the run that @d does below @out, when it is there: within 60 s.
 * free() it.
 */
static inline char *run_file(const struct daxrig *d, const char *out, const char *name)
{
	_cleanup_free_ char *pattern = xasprintf("%s/runs/*-%d/%s", out, d->pid, name);
	const struct timespec nap = { .tv_nsec = 20000000 };
	char *path = NULL;
	glob_t found;

	for (int i = 0; i < 3000 && !path; i++) {
		if (!glob(pattern, 0, NULL, &found))
			path = xstrdup(found.gl_pathv[0]);
		globfree(&found);
		if (!path)
			nanosleep(&nap, NULL);
	}
	if (!path)
		fail_msg("'%s' is not there", pattern);
	return path;
}

/* Waits up to 30 s until the file @path contains @what; true when it does. */
static inline bool file_shows(const char *path, const char *what)
{
	const struct timespec nap = { .tv_nsec = 20000000 };

	for (int i = 0; i < 1500; i++) {
		_cleanup_buf_ struct buf text = BUF_INIT;

		err_free(file_read(path, OUTPUT_MAX, &text));
		if (strstr(buf_str(&text), what))
			return true;
		nanosleep(&nap, NULL);
	}
	return false;
}

#endif
