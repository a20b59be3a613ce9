// SPDX-License-Identifier: GPL-2.0-only
/* The command splat as a user runs it: files, standard input, exit status, other builds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/program.h"
#include "tests/command.h"

static const char warning[] =
	"[    1.000000] ------------[ cut here ]------------\n"
	"[    1.000000] WARNING: CPU: 0 PID: 7 at fs/dax.c:12 guilty+0x1/0x20\n"
	"[    1.000000] CPU: 0 PID: 7 Comm: a b Tainted: G        W          6.1.0-9-amd64 #1\n"
	"[    1.000000] RIP: 0010:guilty+0x1/0x20\n"
	"[    1.000000] Call Trace:\n"
	"[    1.000000]  caller+0x5/0x30 [xfs]\n"
	"[    1.000000] ---[ end trace 0000000000000000 ]---\n";

#define SPLAT(in, ...)                                                                             \
	run_command(&cmd_splat, in, (char *const[]){ __VA_ARGS__ __VA_OPT__(, ) NULL })

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
	expect(SPLAT(log), 1,
	       "  task: a b, pid 7 on CPU 0, kernel 6.1.0-9-amd64 #1\n"
	       "  tainted: W an earlier warning\n",
	       "");
	expect(SPLAT(NULL, quiet), 0, "", "");
	expect(SPLAT(NULL), 0, "", "");
	expect(SPLAT(NULL, quiet, log), 1, both, "");
	expect(SPLAT(NULL, (char *)"--json", quiet, log), 1, json, "");
	expect(SPLAT(NULL, (char *)"--json", log), 1,
	       "{\"title\":\"WARNING in guilty\",\"type\":\"WARNING\",\"class\":\"warning\","
	       "\"signature\":\"WARNING in guilty < caller\",\"corrupted\":false,"
	       "\"panicked\":false,\"file\":\"fs/dax.c\",\"line\":12,\"function\":\"guilty\"",
	       "");
}

static void test_bad_input(void **state)
{
	_cleanup_free_ char *log = put("log", warning), *none = xasprintf("%s/none", dir);

	(void)state;
	expect_usage(SPLAT(NULL, none), "cannot open '");
	/* the other files are read nevertheless */
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
		"int main(int n, char **v) { return guilty(n) + linux_banner[n]; }\n",
		release);
	_cleanup_free_ char *source = put("main.c", text);
	char *out = xasprintf("%s/vmlinux", dir);
	struct err *err = run_program(
		(const char *const[]){ "gcc", "-g", "-O1", "-o", out, source, NULL }, 60000, NULL);

	if (err)
		fail_msg("%s", err->message);
	return out;
}

/* Lines are printed when the kernel is the log's; for another kernel there is a warning instead. */
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
	       "is of kernel 6.1.0-9-amd64 #1, but the symbols are of 'Linux "
	       "version 6.1.0-8-");
	free(other);
	/* another build of the same release */
	text[strlen(text) - 1] = '\0';
	*strstr(text, "#1") = '\0';
	free(log);
	other = xasprintf("%s#2\nCall Trace:\n guilty+0x1/0x%x\n", text, size - 1);
	log = put("log", other);
	free(other);
	other = vmlinux("6.1.0-9-amd64");
	expect(SPLAT(NULL, (char *)"--vmlinux", other, log), 1, "in guilty\n",
	       "is of kernel 6.1.0-9-amd64 #2, but the symbols are of 'Linux "
	       "version 6.1.0-9-");
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
