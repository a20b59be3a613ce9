/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The whole of daxrig on real guests: what must pass passes, what is known to be bad
 * fails, and a verdict changes as it should when the agent leaves something out or the
 * guest is hurt. Run from the top of the tree.
 */
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/files.h"
#include "proc.h"

#define OUT "build/tests/out"
#define KERNEL_KNOWN_BAD "deb:linux-image-amd64"	/* 6.1 */
#define WORDS_MAX 16
#define OUTPUT_MAX (1u << 20)

struct daxrig {
	pid_t pid;
	int fd;			/* its standard output and error */
	struct buf text;	/* what it said so far */
	int status;
};

/* Starts ./daxrig with the words of @line. */
static struct daxrig start(const char *line)
{
	struct daxrig d = { .text = BUF_INIT, .status = -1 };
	_cleanup_free_ char *copy = xstrdup(line);
	char *argv[WORDS_MAX] = { "./daxrig" }, *save = NULL;
	int n = 1, p[2];

	for (char *w = strtok_r(copy, " ", &save); w && n < WORDS_MAX - 1;
	     w = strtok_r(NULL, " ", &save))
		argv[n++] = w;
	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	d.pid = fork();
	if (d.pid == 0) {
		dup2(p[1], 1);
		dup2(p[1], 2);
		execv(argv[0], argv);
		_exit(127);
	}
	close(p[1]);
	d.fd = p[0];
	return d;
}

/* Reads on until @what was said, or to the end; true when it was. */
static bool hear(struct daxrig *d, const char *what)
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

static void finish(struct daxrig *d)
{
	int status;

	hear(d, NULL);
	close(d->fd);
	waitpid(d->pid, &status, 0);
	d->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Runs @line to its end: the exit status and every text of the list (";;") must be so. */
static void check(const char *line, int status, const char *wanted)
{
	struct daxrig d = start(line);
	_cleanup_free_ char *copy = xstrdup(wanted);

	finish(&d);
	if (d.status != status)
		fail_msg("daxrig %s: exit status %d, not %d:\n%s", line, d.status, status,
			 buf_str(&d.text));
	for (char *w = copy; w;) {
		char *next = strstr(w, ";;");

		if (next)
			*next = '\0';
		if (!strstr(buf_str(&d.text), w))
			fail_msg("daxrig %s: '%s' was not said:\n%s", line, w, buf_str(&d.text));
		w = next ? next + 2 : NULL;
	}
	buf_deinit(&d.text);
}

static pid_t found_qemu;

static void find_qemu(pid_t pid, void *arg)
{
	if (proc_is_qemu_of(pid, arg))
		found_qemu = pid;
}

/* The QEMU of a running daxrig, 0 when there is none. */
static pid_t qemu_of(pid_t daxrig)
{
	_cleanup_free_ char *prefix = NULL;
	struct proc_stat st;

	found_qemu = 0;
	if (!proc_stat_read(daxrig, &st))
		return 0;
	prefix = xasprintf("/tmp/daxrig-%d-%llu", daxrig, (unsigned long long)st.start);
	proc_for_each(find_qemu, prefix);
	return found_qemu;
}

/* Neither a process nor a file of the run @daxrig is left. */
static void nothing_left(pid_t daxrig, pid_t qemu)
{
	const char *argv[] = { "sh", "-c", NULL, NULL };
	_cleanup_free_ char *script = xasprintf("ls -d /dev/shm/daxrig-%d-* /tmp/daxrig-%d-* "
						"2>/dev/null; true", daxrig, daxrig);
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct proc_stat st;

	argv[2] = script;
	assert_null(run_program(argv, 10000, &out));
	assert_string_equal(buf_str(&out), "");
	assert_true(qemu > 0);
	/* a zombie is gone: whoever inherited it has not looked yet */
	assert_true(!proc_stat_read(qemu, &st) || st.state == 'Z');
}

static const char *const commands[] = { "run", "list", "show", "check", "report", "cache" };

/* Usage and host errors, all without a guest. */
static void test_bad_input(void **state)
{
	static const struct {
		const char *line;
		int status;
		const char *says;
	} cases[] = {
		{ "", 2, "no command given" },
		{ "walk", 2, "unknown command 'walk'" },
		{ "run --fast", 2, "unknown option '--fast'" },
		{ "run --kernel", 2, "option '--kernel' needs a value" },
		{ "run --plan nope", 2, "there is no plan 'nope'" },
		{ "run nope", 2, "there is no scenario or case 'nope'" },
		{ "run --match nope", 2, "no case matches 'nope'" },
		{ "run --accel gpu", 2, "expected auto, kvm or tcg" },
		{ "run --jobs 0", 2, "expected auto or 1 to" },
		{ "run --geometry size=0", 2, "size" },
		{ "run --self-test maybe", 2, "there is no self-test 'maybe'" },
		{ "run --kernel deb:no-such-package refused", 2, "no-such-package" },
		{ "run --kernel nonsense:x refused", 2, "nonsense:x" },
		{ "run --kernel file:/nonexistent refused", 2, "/nonexistent" },
		{ "run --kernel file:Makefile refused", 2, "bzImage" },
		{ "run --kernel file:build/tests/mute,config=build/tests/nodax refused", 2,
		  "CONFIG_FS_DAX" },
		{ "run build/tests/bad.scn", 2, "build/tests/bad.scn:1:8: expected a size" },
		{ "run build/tests/none.scn", 2, "No such file" },
		{ "list", 2, "say what to list" },
		{ "list dogs", 2, "cannot list 'dogs'" },
		{ "show", 2, "say which case" },
		{ "check now", 2, "takes no operands" },
		{ "run --connect nope:///x refused", 3, "nope:///x" },
		{ "run --out /proc/none refused", 3, "/proc/none" },
	};

	(void)state;
	assert_null(file_write_atomic("build/tests/nodax", "CONFIG_BLK_DEV_INITRD=y\n", 23));
	assert_null(file_write_atomic("build/tests/bad.scn", "file a huge written\n", 20));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check(cases[i].line, cases[i].status, cases[i].says);
}

/* Every option that a command's --help names stands in the manual, as ".It Fl -name". */
static void check_manual(const char *command)
{
	_cleanup_free_ char *line = xasprintf("%s --help", command);
	_cleanup_buf_ struct buf manual = BUF_INIT;
	struct daxrig d = start(line);
	unsigned int options = 0;

	assert_null(file_read("rig/daxrig.1", OUTPUT_MAX, &manual));
	finish(&d);
	for (const char *p = buf_str(&d.text); (p = strstr(p, "\n  --")) != NULL; p += 5) {
		_cleanup_free_ char *name = xstrndup(p + 5, strcspn(p + 5, " \n"));
		_cleanup_free_ char *in_manual = xasprintf("Fl -%s", name);

		options++;
		if (strcmp(name, "help") != 0 && !strstr(buf_str(&manual), in_manual))
			fail_msg("'daxrig %s --%s' is not in the manual", command, name);
	}
	assert_true(options > 0);
	buf_deinit(&d.text);
}

static void test_help(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		check_manual(commands[i]);
	check("--help", 0, "Usage: daxrig COMMAND;;run;;list;;show;;check");
	check("--version", 0, "daxrig ");
	check("run --help", 0, "--kernel SPEC;;--accel auto|kvm|tcg;;--self-test LIE");
	check("list pins", 0, "vmsplice;;odirect;;rdma-odp");
	check("list mutators", 0, "FILE OFFSET LENGTH;;PUNCH_HOLE");
	check("list scenarios", 0, "punch-waits");
	check("list plan quick --why", 0, "ext4 cannot share extents");
	check("show xfs/vmsplice/mapped/punch", 0, "pin     p vmsplice m+2M 64K");
}

/* Pins hold, controls are refused or granted, nothing is reported. */
static void test_passes(void **state)
{
	(void)state;
	check("run --out " OUT " xfs/punch-waits/rdma xfs/punch-waits/vmsplice "
	      "ext4/punch-waits/rdma ext4/refused/uring xfs/refused/rdma-plain "
	      "xfs/devdax-granted xfs/truncate-interrupted/vmsplice", 0,
	      "KTAP version 1;;1..7;;ok 1 xfs/punch-waits/rdma\n;;ok 5 xfs/refused/rdma-plain\n;;"
	      "# Totals: pass:7 fail:0 skip:0 error:0");
}

/* KERNEL.md section 6, as far as it is live in this kernel. */
static void test_known_bad(void **state)
{
	(void)state;
	check("run --kernel " KERNEL_KNOWN_BAD " --out " OUT " xfs/truncate-unmapped/vmsplice "
	      "xfs/evict-pinned/vmsplice xfs/reflink-two-mappers xfs/clone-killed/vmsplice "
	      "xfs/punch-waits/odirect", 1,
	      "not ok 1 xfs/truncate-unmapped/vmsplice\n;;contract.waits;;content.pin;;"
	      "not ok 2 xfs/evict-pinned/vmsplice\n;;WARNING in dax_disassociate_entry;;"
	      "not ok 3 xfs/reflink-two-mappers\n;;WARNING in dax_insert_entry;;"
	      "not ok 4 xfs/clone-killed/vmsplice\n;;contract.sleeps;;contract.killable;;"
	      "not ok 5 xfs/punch-waits/odirect\n;;contract.ends");
}

static void test_no_pin(void **state)
{
	(void)state;
	check("run --self-test no-pin --out " OUT " xfs/punch-waits/vmsplice", 1,
	      "not ok 1 xfs/punch-waits/vmsplice\n;;failed: contract.waits at line 8");
}

static void test_no_unpin(void **state)
{
	(void)state;
	check("run --self-test no-unpin --out " OUT " xfs/punch-waits/vmsplice", 1,
	      "not ok 1 xfs/punch-waits/vmsplice\n;;at line 10;;still runs after;;"
	      "dax;;evidence: cases/001-xfs-punch-waits-vmsplice/tasks");
}

static void test_no_dax(void **state)
{
	(void)state;
	check("run --self-test no-dax --out " OUT " xfs/punch-waits/vmsplice", 3,
	      "not ok 1 xfs/punch-waits/vmsplice # ERROR;;STATX_ATTR_DAX");
}

static void test_no_gate(void **state)
{
	(void)state;
	check("run --self-test no-gate --out " OUT " xfs/punch-waits/rdma", 3,
	      "not ok 1 xfs/punch-waits/rdma # ERROR;;EOPNOTSUPP");
}

/* A panic is a verdict, and the next case has a guest of its own. */
static void test_panic(void **state)
{
	(void)state;
	check("run --self-test panic --out " OUT " xfs/punch-waits/vmsplice "
	      "ext4/punch-waits/vmsplice", 1,
	      "not ok 1 xfs/punch-waits/vmsplice\n;;guest.panic;;"
	      "not ok 2 ext4/punch-waits/vmsplice\n");
}

/* A guest without its modules never speaks. */
static void test_never_speaks(void **state)
{
	(void)state;
	check("run --kernel file:build/tests/mute --out " OUT " xfs/punch-waits/vmsplice", 3,
	      "the guest's agent did not speak within");
}

/* True once the latest run's first console holds @what; it is waited for up to 30 s. */
static bool console_shows(const char *what)
{
	const struct timespec nap = { .tv_nsec = 20000000 };

	for (int i = 0; i < 1500; i++) {
		_cleanup_buf_ struct buf text = BUF_INIT;
		struct err *err = file_read(OUT "/runs/latest/guests/console-1.log", OUTPUT_MAX,
					    &text);

		err_free(err);
		if (strstr(buf_str(&text), what))
			return true;
		nanosleep(&nap, NULL);
	}
	return false;
}

/* QEMU killed from outside says nothing of the kernel; the next case goes on. */
static void test_qemu_killed(void **state)
{
	static const char slow[] = "fs xfs\nfile a rest written\ncheck a\ncheck a\n";
	struct daxrig d;
	pid_t qemu;

	(void)state;
	assert_null(file_write_atomic("build/tests/slow.scn", slow, strlen(slow)));
	d = start("run --jobs 1 --out " OUT " build/tests/slow.scn xfs/refused/uring");
	assert_true(hear(&d, "1..2"));
	assert_true(console_shows("case xfs/slow begins"));
	qemu = qemu_of(d.pid);
	assert_true(qemu > 0);
	kill(qemu, SIGKILL);
	finish(&d);
	if (d.status != 3 || !strstr(buf_str(&d.text), "QEMU was killed") ||
	    !strstr(buf_str(&d.text), "not ok 1 xfs/slow # ERROR") ||
	    !strstr(buf_str(&d.text), "ok 2 xfs/refused/uring\n"))
		fail_msg("exit status %d:\n%s", d.status, buf_str(&d.text));
	buf_deinit(&d.text);
}

static void test_interrupted(void **state)
{
	struct daxrig d = start("run --out " OUT " --match xfs/vmsplice/*");
	_cleanup_buf_ struct buf json = BUF_INIT;
	pid_t qemu;

	(void)state;
	assert_true(hear(&d, "ok 1 "));
	qemu = qemu_of(d.pid);
	kill(d.pid, SIGINT);
	finish(&d);
	assert_int_equal(d.status, 3);
	assert_non_null(strstr(buf_str(&d.text), "interrupted"));
	nothing_left(d.pid, qemu);
	assert_null(file_read(OUT "/runs/latest/run.json", OUTPUT_MAX, &json));
	assert_non_null(strstr(buf_str(&json), "\"interrupted"));
	assert_non_null(strstr(buf_str(&json), "\"pass\""));
	buf_deinit(&d.text);
}

/* What a killed run leaves behind is found and removed by the next. */
static void test_leftover(void **state)
{
	struct daxrig d = start("run --out " OUT " --match xfs/vmsplice/*"), next;
	pid_t qemu;

	(void)state;
	assert_true(hear(&d, "ok 1 "));
	qemu = qemu_of(d.pid);
	kill(d.pid, SIGKILL);
	finish(&d);
	next = start("check");
	finish(&next);
	nothing_left(d.pid, qemu);
	buf_deinit(&d.text);
	buf_deinit(&next.text);
}

/* Runs nothing but makes build/tests/mute: the store's kernel, without its modules. */
static int prepare(void **state)
{
	const char *argv[] = { "sh", "-c", NULL, NULL };
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct err *err;

	(void)state;
	argv[2] = "mkdir -p " OUT " && rm -rf " OUT "/runs && "
		  "./daxrig run --out " OUT " xfs/refused/uring && "
		  "cp \"$(sed -n 's/.*\"image\": \"\\(.*vmlinuz\\)\".*/\\1/p' "
		  OUT "/runs/latest/run.json)\" build/tests/mute";
	err = run_program(argv, 600000, &out);
	if (err)
		fprintf(stderr, "%s\n%s\n", err->message, buf_str(&out));
	return err ? -1 : 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad_input),    cmocka_unit_test(test_help),
		cmocka_unit_test(test_passes),	     cmocka_unit_test(test_known_bad),
		cmocka_unit_test(test_no_pin),	     cmocka_unit_test(test_no_unpin),
		cmocka_unit_test(test_no_dax),	     cmocka_unit_test(test_no_gate),
		cmocka_unit_test(test_panic),	     cmocka_unit_test(test_never_speaks),
		cmocka_unit_test(test_qemu_killed),  cmocka_unit_test(test_interrupted),
		cmocka_unit_test(test_leftover),
	};

	return cmocka_run_group_tests_name("guest", tests, prepare, NULL);
}
