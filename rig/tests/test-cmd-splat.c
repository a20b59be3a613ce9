// SPDX-License-Identifier: GPL-2.0-only
/* The command splat as a user has it: files, standard input, exit status, other builds. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/files.h"
#include "base/program.h"
#include "cmd.h"

static char *dir;

static const char warning[] =
	"[    1.000000] ------------[ cut here ]------------\n"
	"[    1.000000] WARNING: CPU: 0 PID: 7 at fs/dax.c:12 guilty+0x1/0x20\n"
	"[    1.000000] CPU: 0 PID: 7 Comm: a b Tainted: G        W          6.1.0-9-amd64 #1\n"
	"[    1.000000] RIP: 0010:guilty+0x1/0x20\n"
	"[    1.000000] Call Trace:\n"
	"[    1.000000]  caller+0x5/0x30 [xfs]\n"
	"[    1.000000] ---[ end trace 0000000000000000 ]---\n";

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

static void child(const char *in, int out, int complaints, int argc, char **argv)
{
	int fd = open(in ? in : "/dev/null", O_RDONLY), status = 0;
	struct err *err;

	if (dup2(fd, 0) < 0 || dup2(out, 1) < 0 || dup2(complaints, 2) < 0)
		_exit(99);
	err = command_main(&cmd_splat, argc, argv, &status);
	if (err)
		fprintf(stderr, "%s\n", err->message);
	fflush(NULL);
	_exit(err ? (err->code == ERR_USAGE ? EXIT_USAGE : EXIT_INFRA) : status);
}

/* daxrig splat @words, NULL at the end, with @in on its standard input. */
static struct outcome splat(const char *in, char *const words[])
{
	int argc = 1, how, out = scratch("out"), complaints = scratch("complaints");
	char *argv[8] = { (char *)"splat" };
	struct outcome o = { 0 };
	pid_t pid;

	for (; words[argc - 1]; argc++)
		argv[argc] = words[argc - 1];
	fflush(NULL);
	pid = fork();
	if (!pid)
		child(in, out, complaints, argc, argv);
	assert_int_equal(waitpid(pid, &how, 0), pid);
	assert_true(WIFEXITED(how));
	o.status = WEXITSTATUS(how);
	o.out = read_back(out);
	o.complaints = read_back(complaints);
	return o;
}

#define SPLAT(in, ...) splat(in, (char *const[]){ __VA_ARGS__ __VA_OPT__(,) NULL })

static void expect(struct outcome o, int status, const char *out, const char *complaint)
{
	if (o.status != status || !strstr(o.out, out) || (!*out && *o.out) ||
	    !strstr(o.complaints, complaint) || (!*complaint && *o.complaints))
		fail_msg("%d: '%s' and '%s'", o.status, o.out, o.complaints);
	free(o.out);
	free(o.complaints);
}

static void expect_usage(struct outcome o, const char *message)
{
	expect(o, EXIT_USAGE, "", message);
}

static void test_logs(void **state)
{
	_cleanup_free_ char *log = put("log", warning), *quiet = put("quiet", "[ 1.0] ok\n");
	_cleanup_free_ char *both = xasprintf("%s: WARNING in guilty\n", log), *json = NULL;

	(void)state;
	json = xasprintf("\"log\":\"%s\"}\n", log);
	expect(SPLAT(NULL, log), 1, "WARNING in guilty\n  warning (WARNING) at fs/dax.c:12", "");
	expect(SPLAT(log), 1, "  task: a b, pid 7 on CPU 0, kernel 6.1.0-9-amd64 #1\n"
			      "  tainted: W a warning before\n", "");
	expect(SPLAT(NULL, quiet), 0, "", "");
	expect(SPLAT(NULL), 0, "", "");
	expect(SPLAT(NULL, quiet, log), 1, both, "");
	expect(SPLAT(NULL, (char *)"--json", quiet, log), 1, json, "");
	expect(SPLAT(NULL, (char *)"--json", log), 1,
	       "{\"title\":\"WARNING in guilty\",\"type\":\"WARNING\",\"class\":\"warning\","
	       "\"signature\":\"WARNING in guilty < caller\",\"corrupted\":false,"
	       "\"panicked\":false,\"file\":\"fs/dax.c\",\"line\":12,\"function\":\"guilty\"", "");
}

static void test_bad_input(void **state)
{
	_cleanup_free_ char *log = put("log", warning), *none = xasprintf("%s/none", dir);

	(void)state;
	expect_usage(SPLAT(NULL, none), "cannot open '");
	/* the others are read all the same */
	expect(SPLAT(NULL, none, log), EXIT_USAGE, "WARNING in guilty\n", "cannot open '");
	expect_usage(SPLAT(NULL, (char *)"--vmlinux", none, log), none);
	expect_usage(SPLAT(NULL, (char *)"--vmlinux", log, log), "as an ELF file");
	expect_usage(SPLAT(NULL, (char *)"--modules", dir, log), "--modules goes with --vmlinux");
	expect_usage(SPLAT(NULL, (char *)"--kernel", (char *)"6.1", (char *)"--vmlinux", log, log),
		     "do not go together");
}

static char *vmlinux(const char *release)
{
	_cleanup_free_ char *text = xasprintf(
		"const char linux_banner[] = \"Linux version %s (x) #1\\n\";\n"
		"__attribute__((noinline)) int guilty(int x)\n"
		"{\n	return x * 7; /* here */\n}\n"
		"int main(int n, char **v) { return guilty(n) + linux_banner[n]; }\n", release);
	_cleanup_free_ char *source = put("main.c", text);
	char *out = xasprintf("%s/vmlinux", dir);
	struct err *err = run_program((const char *const[]){ "gcc", "-g", "-O1", "-o", out, source,
							     NULL }, 60000, NULL);

	if (err)
		fail_msg("%s", err->message);
	return out;
}

/* The line is told when the kernel is the log's; of another it is not, and that is said. */
static void test_vmlinux(void **state)
{
	_cleanup_free_ char *log = NULL, *image = vmlinux("6.1.0-9-amd64"), *other = NULL;
	static const char entry[] = "BUG: KASAN: use-after-free in guilty+0x0/0x1\n"
				    "Read of size 8 at addr 0\n"
				    "CPU: 0 PID: 7 Comm: a Not tainted 6.1.0-9-amd64 #1\n"
				    "Call Trace:\n guilty+0x1/0x%x\n";
	char text[300];
	unsigned int size;
	bool found = false;

	(void)state;
	/* a size that fits: as the kernel prints it, up to the next symbol */
	for (size = 1; size < 64 && !found; size++) {
		struct outcome o;

		snprintf(text, sizeof(text), entry, size);
		free(log);
		log = put("log", text);
		o = SPLAT(NULL, (char *)"--vmlinux", image, log);
		found = strstr(o.out, "main.c:3\n") || strstr(o.out, "main.c:4\n");
		if (!found && !strstr(o.out, "frames without a line: "))
			fail_msg("'%s' and '%s'", o.out, o.complaints);
		free(o.out);
		free(o.complaints);
	}
	assert_true(found);
	other = vmlinux("6.1.0-8-amd64");
	expect(SPLAT(NULL, (char *)"--vmlinux", other, log), 1,
	       "KASAN: use-after-free Read in guilty\n",
	       "is of kernel 6.1.0-9-amd64 #1, the symbols are of another: 'Linux "
	  "version 6.1.0-8-");
	free(other);
	/* the same release, built again */
	text[strlen(text) - 1] = '\0';
	*strstr(text, "#1") = '\0';
	free(log);
	other = xasprintf("%s#2\nCall Trace:\n guilty+0x1/0x%x\n", text, size - 1);
	log = put("log", other);
	free(other);
	other = vmlinux("6.1.0-9-amd64");
	expect(SPLAT(NULL, (char *)"--vmlinux", other, log), 1, "in guilty\n",
	       "is of kernel 6.1.0-9-amd64 #2, the symbols are of another: 'Linux "
	  "version 6.1.0-9-");
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_logs),
		cmocka_unit_test(test_bad_input),
		cmocka_unit_test(test_vmlinux),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
