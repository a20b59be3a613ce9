/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Cases of real guests that stand still: where, and what one can see there. Run from the top of
 * the tree.
 */
#include "guests/store/kernel.h"
#include "guests/store/kernel-symbols.h"
#include "host/paths.h"
#include "tests/daxrig.h"
#include "tests/scratch.h"

#define OUT "build/tests/out"
#define GOES "lets it go on"

/* Waits until the case stands still @where; the run's folder, which the caller frees. */
static char *held(struct daxrig *d, const char *where)
{
	static const char key[] = " --run ";
	const char *at;

	if (!hear(d, GOES) || !strstr(buf_str(&d->text), where))
		fail_msg("it does not stand still %s:\n%s", where, buf_str(&d->text));
	at = strstr(buf_str(&d->text), key) + strlen(key);
	return xstrndup(at, strcspn(at, " '"));
}

/* 'daxrig WORD --run RUN REST' ends with @status and prints what must() wants. */
static void ask(const char *word, const char *run, const char *rest, int status, const char *wanted)
{
	_cleanup_free_ char *line = xasprintf("%s --run %s %s", word, run, rest);

	check(line, status, wanted);
}

static void let_go(struct daxrig *d, const char *run, int status, const char *wanted)
{
	ask("shell", run, "--go", 0, "");
	finish(d);
	must(d, status, wanted);
	ask("shell", run, "true", 2, "stands still: run a case with 'run --hold'");
	buf_deinit(&d->text);
}

static char *vmcore_of(const char *run)
{
	_cleanup_free_ char *pattern = xasprintf("%s/cases/*/vmcore", run);
	char *path = NULL;
	glob_t found;

	if (!glob(pattern, 0, NULL, &found) && found.gl_pathc == 1)
		path = xstrdup(found.gl_pathv[0]);
	globfree(&found);
	return path;
}

/* With Debian's crash and the symbols of the kernel: the test says what is missing. */
static void open_core(const char *core)
{
	const char *const script = "bt\nstruct page ffffea0000000000\nlog\nquit\n";
	_cleanup_free_ char *vmlinux = NULL, *modules = NULL, *input = NULL;
	const char *argv[] = { "crash", "-s", NULL, core, "-i", NULL, NULL };
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct kernel *k = NULL;
	struct paths p;
	struct err *err = paths_init(&p);

	if (!err)
		err = kernel_get(p.data, KERNEL_SPEC_DEFAULT, NULL, &k);
	if (!err)
		err = kernel_symbols(k, &vmlinux, &modules);
	if (err || access("/usr/bin/crash", X_OK)) {
		print_message("not opened by crash: %s\n", err ? err->message : "it is not here");
		goto out;
	}
	put_bytes("build/tests", "crash.in", script, strlen(script));
	argv[2] = vmlinux;
	argv[5] = input = xstrdup("build/tests/crash.in");
	err = run_program(argv, 300000, &out);
	if (err || !strstr(buf_str(&out), "PID: ") || !strstr(buf_str(&out), "struct page {") ||
	    !strstr(buf_str(&out), "daxrig: case xfs/cow-reserved-write"))
		fail_msg("crash: %s\n%s", err ? err->message : "", buf_str(&out));
out:
	err_free(err);
	kernel_free(k);
	paths_deinit(&p);
}

/* gdb knows a function of a module where it stands. */
static void attach_gdb(const char *run)
{
	_cleanup_free_ char *script = xasprintf("%s/hold.gdb", run);
	const char *const argv[] = { "gdb",    "-batch", "-x",
				     script,   "-ex",	 "info symbol xfs_file_open",
				     "-ex",    "bt 3",	 "-ex",
				     "detach", NULL };
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct err *err;

	if (access("/usr/bin/gdb", X_OK)) {
		print_message("not attached: gdb is not here\n");
		return;
	}
	err = run_program(argv, 120000, &out);
	if (err || !strstr(buf_str(&out), "xfs_file_open in section .text") ||
	    !strstr(buf_str(&out), "#1  "))
		fail_msg("gdb: %s\n%s", err ? err->message : "", buf_str(&out));
}

static void test_finding(void **state)
{
	struct daxrig d = start("run --hold --vmcore 2 --known none --out " OUT
				" xfs/cow-reserved-write/vmsplice");
	_cleanup_free_ char *run = held(&d, "stands still after line "), *core = vmcore_of(run);

	(void)state;
	ask("shell", run, "-- grep -c case /proc/mounts; exit 7", 7, "1\n");
	ask("shell", run, "-- cat /proc/1/comm", 0, "init\n");
	/* 'b' of that scenario has a block there, and 'a' has none any more */
	ask("page", run, "/mnt/case/b+8K", 0,
	    "page frame 0x;;struct page at 0x;;references ;;owner");
	ask("page", run, "0x100000", 0, "page frame 0x100000,");
	ask("page", run, "/mnt/case/a+0", 2, "has no block at 0");
	ask("page", run, "/mnt/case/none+0", 2, "cannot open '/mnt/case/none': No such file");
	ask("page", run, "/proc/mounts+0", 2, "not on a pmem device");
	ask("page", run, "a+0", 2, "expected a page frame's number");
	attach_gdb(run);
	assert_non_null(core);
	let_go(&d, run, 1, "not ok 1 xfs/cow-reserved-write/vmsplice;;evidence: cases/001-");
	open_core(core);
}

/* A case without a finding stands still where the user wants, and its time does not count. */
static void test_line(void **state)
{
	struct daxrig d = start("run --hold-at 4 --limit 2 --out " OUT
				" xfs/4k/vmsplice/mapped/truncate-down");
	_cleanup_free_ char *run = held(&d, "stands still before line ");

	(void)state;
	ask("shell", run, "sleep 8", 0, "");
	let_go(&d, run, 0, "ok 1 xfs/4k/vmsplice/mapped/truncate-down");
}

/* Nothing runs in the guest any more; its memory is still there. */
static void test_panic(void **state)
{
	struct daxrig d = start("run --hold --vmcore 1 --self-test panic --out " OUT
				" xfs/4k/vmsplice/mapped/truncate-down");
	_cleanup_free_ char *run = NULL, *core = NULL;

	(void)state;
	assert_true(hear(&d, GOES));
	must(&(struct daxrig){ .text = d.text }, 0, "stands still panicked: ");
	assert_null(strstr(buf_str(&d.text), "daxrig shell --run"));
	run = held(&d, "panicked");
	core = vmcore_of(run);
	assert_non_null(core);
	ask("page", run, "/mnt/case/a+0", 2, "runs no programs any more");
	ask("page", run, "0x100000", 0, "page frame 0x100000,");
	let_go(&d, run, 1, "not ok 1");
}

static void test_words(void **state)
{
	(void)state;
	check("run --hold-on pass x", 2, "--hold-on 'pass': expected fail");
	check("run --hold-at 0 x", 2, "hold-at");
	check("run --vmcore many x", 2, "vmcore");
	check("page", 2, "no page given");
	check("page 1 2", 2, "expected one page");
	check("shell --go ls", 2, "give --go or a command, not both");
	check("shell --run nowhere ls", 2, "nowhere");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_finding),
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_panic),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
