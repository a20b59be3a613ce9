/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs a command as a user does, with words, standard input and output, and an exit status. */
#ifndef TESTS_COMMAND_H
#define TESTS_COMMAND_H

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "cmd/cmd.h"

static char *dir;

static char *put(const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", dir, name);

	assert_null(file_write_atomic(path, text, strlen(text)));
	return path;
}

struct outcome {
	int status;
	char *out, *complaints;
};

static char *read_back(int fd)
{
	struct buf b = BUF_INIT;
	char chunk[4096];
	ssize_t n;

	lseek(fd, 0, SEEK_SET);
	while ((n = read(fd, chunk, sizeof(chunk))) > 0)
		buf_add(&b, chunk, (size_t)n);
	close(fd);
	return buf_take(&b);
}

static int scratch(const char *name)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", dir, name);

	return open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
}

static void child(const struct command *c, const char *in, int out, int complaints, int argc,
		  char **argv)
{
	int fd = open(in ? in : "/dev/null", O_RDONLY), status = 0;
	struct err *err;

	if (dup2(fd, 0) < 0 || dup2(out, 1) < 0 || dup2(complaints, 2) < 0)
		_exit(99);
	err = command_main(c, argc, argv, &status);
	if (err)
		fprintf(stderr, "%s\n", err->message);
	fflush(NULL);
	_exit(err ? (err->code == ERR_USAGE ? EXIT_USAGE : EXIT_INFRA) : status);
}

/* Runs daxrig COMMAND @words (NULL after the last), with the file @in as standard input. */
static struct outcome run_command(const struct command *c, const char *in, char *const words[])
{
	int argc = 1, how, out = scratch("out"), complaints = scratch("complaints");
	char *argv[8] = { (char *)(uintptr_t)c->name };
	struct outcome o = { 0 };
	pid_t pid;

	for (; words[argc - 1]; argc++) {
		assert_true((size_t)argc < ARRAY_SIZE(argv) - 1);
		argv[argc] = words[argc - 1];
	}
	fflush(NULL);
	pid = fork();
	if (!pid)
		child(c, in, out, complaints, argc, argv);
	assert_int_equal(waitpid(pid, &how, 0), pid);
	assert_true(WIFEXITED(how));
	o.status = WEXITSTATUS(how);
	o.out = read_back(out);
	o.complaints = read_back(complaints);
	return o;
}

static void expect(struct outcome o, int status, const char *out, const char *complaint)
{
	if (o.status != status || !strstr(o.out, out) || (!*out && *o.out) ||
	    !strstr(o.complaints, complaint) || (!*complaint && *o.complaints))
		fail_msg("%d: '%s' and '%s'", o.status, o.out, o.complaints);
	free(o.out);
	free(o.complaints);
}

static int set_up(void **state)
{
	char pattern[] = "/tmp/daxrig-test-XXXXXX";

	(void)state;
	if (!mkdtemp(pattern))
		return -1;
	dir = xstrdup(pattern);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	err_free(tree_remove(dir));
	free(dir);
	return 0;
}

#endif
