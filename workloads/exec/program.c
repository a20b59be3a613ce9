/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A program of the user's. Between it and the case stands a keeper, to which all orphans of
 * the program come: so they are killed with it, and the case's own processes are not.
 */
#include "workloads/exec/program.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/files.h"
#include "base/procs.h"
#include "workloads/exec/program-tests.h"
#include "workloads/oracles/oracle.h"

#define FOLDER EXEC_MOUNTPOINT "/program"
#define TMP FOLDER "/tmp"
#define OUTPUT_MAX (1u << 20)
#define KEEPER_MS 5000 /* what the keeper needs beyond the times it was told */
#define BESIDE_MS 100  /* how often the oracles are told that it still runs */
#define END_BYTE 'e'
#define SKIP_STATUS 4	 /* kselftest's */
#define LACKS_STATUS 127 /* of a shell and of the dynamic linker: not there */

struct verdict {
	int status;	 /* of waitpid() */
	bool late;	 /* it was killed when its time was over */
	int errnum;	 /* it could not be started; 0: it could */
	char left[1024]; /* processes that do not die */
};

struct run {
	struct exec *x;
	const struct step *st;
	uint64_t grace_ms;
	int output[2]; /* a pipe */
	int talk[2];   /* a socket pair: END_BYTE from the keeper, an answer, its verdict */
	pid_t keeper;
	uint64_t start_ns;
	struct buf said;
	struct ktap tests; /* of a selftest of the kernel */
};

/* Root may do all; another user owns the folder and may make files beside it. */
static bool make_folder(const struct step *st, struct outcome *o)
{
	if ((mkdir(FOLDER, 0755) && errno != EEXIST) || chown(FOLDER, st->uid, st->uid) ||
	    (st->uid && chmod(EXEC_MOUNTPOINT, 01777))) {
		outcome_error(o, "cannot make the folder of the program: %s", strerror(errno));
		return false;
	}
	/* the same place for every filesystem, as in the programs of 'daxrig show --c' */
	(void)!symlink(EXEC_MOUNTPOINT, PROGRAM_MOUNTPOINT);
	mkdir("/tmp", 0755);
	chmod("/tmp", 01777);
	return true;
}

/* What the program mounts or unmounts, and a reboot, must not pass for what the kernel did. */
static bool shut_in(void)
{
	return !unshare(CLONE_NEWNS) && !prctl(PR_CAPBSET_DROP, CAP_SYS_BOOT, 0, 0, 0);
}

/*
 * A test makes the files that it maps in /tmp, too: by tmpfile(3), or by name. Some map more than
 * a guest has, and touch little of it.
 */
static bool set_up_tests(void)
{
	return !file_poke("/proc/sys/vm/overcommit_memory", "1") &&
	       (!mkdir(TMP, 0755) || errno == EEXIST) && !chmod(TMP, 01777) &&
	       !mount(TMP, "/tmp", NULL, MS_BIND, NULL);
}

static bool change_user(unsigned int uid)
{
	return !setgroups(0, NULL) && !setresgid(uid, uid, uid) && !setresuid(uid, uid, uid);
}

static void __noreturn become(const struct run *r, int started)
{
	char spare[96];
	char *const environment[] = { (char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin",
				      (char *)"HOME=" FOLDER, (char *)"LC_ALL=C", spare, NULL };
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	int null = open("/dev/null", O_RDONLY), err = 0;
	sigset_t none;

	snprintf(spare, sizeof(spare), "DAX_PMEM=%s", r->x->ctx->guest->pmem);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setrlimit(RLIMIT_MEMLOCK, &all);
	if (setsid() < 0 || dup2(null, 0) < 0 || dup2(r->output[1], 1) < 0 || dup2(1, 2) < 0 ||
	    chdir(FOLDER) || (!getuid() && !shut_in()) || (r->st->kselftest && !set_up_tests()) ||
	    (r->st->uid && !change_user(r->st->uid)) ||
	    execve(r->st->argv[0], r->st->argv, environment))
		err = errno;
	(void)!write(started, &err, sizeof(err));
	_exit(127);
}

/* Waits until the child @pid has ended or its time is over. */
static void wait_for(const struct run *r, pid_t pid, struct verdict *v)
{
	uint64_t end = now_ns() + r->st->within_ms * 1000000;
	sigset_t chld;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	while (!procs_reap(pid, &v->status)) {
		uint64_t now = now_ns(), left = end - MIN(now, end);
		struct timespec nap = { (time_t)(left / 1000000000), (long)(left % 1000000000) };

		if (!left) {
			v->late = true;
			return;
		}
		sigtimedwait(&chld, NULL, &nap);
	}
}

/* Lets the oracles look at what the processes hold that the program left, before they die. */
static void say_end(const struct run *r)
{
	char byte = END_BYTE;

	if (write(r->talk[1], &byte, 1) == 1)
		(void)!read(r->talk[1], &byte, 1);
}

static void keep(const struct run *r, struct verdict *v)
{
	_cleanup_buf_ struct buf left = BUF_INIT;
	int started[2];
	sigset_t chld;
	pid_t pid;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) || pipe2(started, O_CLOEXEC)) {
		v->errnum = errno;
		return;
	}
	pid = fork();
	if (!pid)
		become(r, started[1]);
	close(started[1]);
	close(r->output[1]);
	if (pid < 0)
		v->errnum = errno;
	else if (read(started[0], &v->errnum, sizeof(v->errnum)) <= 0)
		wait_for(r, pid, v);
	say_end(r);
	if (procs_kill((int)r->grace_ms, &left))
		snprintf(v->left, sizeof(v->left), "%s", buf_str(&left));
}

/* Keeps the head and the tail of what the program says; returns before it is done if that is much. */
static void hear(struct run *r)
{
	char chunk[65536];
	ssize_t n;

	for (int i = 0; i < 16 && (n = read(r->output[0], chunk, sizeof(chunk))) > 0; i++) {
		buf_add(&r->said, chunk, (size_t)n);
		if (r->st->kselftest)
			ktap_feed(&r->tests, chunk, (size_t)n);
		if (r->said.len > 4 * OUTPUT_MAX) {
			_cleanup_buf_ struct buf all = r->said;

			r->said = (struct buf)BUF_INIT;
			buf_add_middle_cut(&r->said, all.data, all.len, OUTPUT_MAX);
		}
	}
}

static void tell_oracles(const struct run *r, enum beside_when when, struct outcome *o)
{
	const struct beside b = { r->keeper, r->start_ns, when };

	oracles_tell(r->x, beside, &b, o);
}

/* Waits until the keeper says something, while the program runs: until @end. False: it does not. */
static bool hear_keeper(struct run *r, uint64_t end, bool runs, struct outcome *o)
{
	struct pollfd p[] = { { .fd = r->talk[0], .events = POLLIN },
			      { .fd = r->output[0], .events = POLLIN } };

	for (;;) {
		bool late = now_ns() >= end;

		poll(p, ARRAY_SIZE(p), late ? 0 : BESIDE_MS);
		hear(r);
		if (p[0].revents || late)
			return p[0].revents;
		if (p[1].revents & POLLHUP)
			p[1].fd = -1;
		if (runs)
			tell_oracles(r, BESIDE_RUNS, o);
	}
}

/* False: the keeper gave no answer in time. */
static bool listen_to(struct run *r, struct verdict *v, struct outcome *o)
{
	uint64_t end = now_ns() + (r->st->within_ms + KEEPER_MS) * 1000000;
	char byte;

	if (!hear_keeper(r, end, true, o) || read(r->talk[0], &byte, 1) != 1)
		return false;
	tell_oracles(r, BESIDE_ENDED, o);
	end = now_ns() + (r->grace_ms + KEEPER_MS) * 1000000;
	return write(r->talk[0], &byte, 1) == 1 && hear_keeper(r, end, false, o) &&
	       read(r->talk[0], v, sizeof(*v)) == sizeof(*v);
}

/* The first line by which a test says that it failed, else the last line; "" if it said nothing. */
static void last_words(const struct buf *said, char *out, size_t size)
{
	_cleanup_buf_ struct buf word = BUF_INIT;
	const char *line = "";
	size_t len = 0;

	for (const char *p = buf_str(said); *p;) {
		size_t n = strcspn(p, "\n");

		if (n) {
			line = p;
			len = n;
		}
		if (n > 8 && (strncmp(p, "not ok", 6) == 0 || strncmp(p, "Bail out!", 9) == 0))
			break;
		p += n + (p[n] == '\n');
	}
	buf_add_escaped(&word, line, len, 200);
	snprintf(out, size, "%s%s%s", word.len ? ": '" : "", buf_str(&word), word.len ? "'" : "");
}

static void judge(const struct run *r, const struct verdict *v, struct outcome *o)
{
	static const char expected[] = "the program ends with exit status 0";
	const char *program = r->st->argv[0];
	char words[256];

	last_words(&r->said, words, sizeof(words));
	if (v->left[0]) {
		outcome_fail(o, RULE_CONTRACT_KILLABLE, "what the program started ends on SIGKILL",
			     "%.*s", (int)strcspn(v->left, "\n"), v->left);
		buf_adds(&o->detail, v->left);
		o->hung = true;
	} else if (v->errnum == ENOENT && !access(program, F_OK)) {
		outcome_error(o, "cannot run '%s': its interpreter is not there", program);
	} else if (v->errnum) {
		outcome_error(o, "cannot run '%s': %s", program, strerror(v->errnum));
	} else if (v->late) {
		/* a program need not end by itself, but a test was not seen to its end */
		if (r->st->kselftest)
			outcome_error(o, "the test did not end within %llu s, %zu results came%s",
				      (unsigned long long)r->st->within_ms / 1000, r->tests.n,
				      words);
	} else if (WIFSIGNALED(v->status) && WTERMSIG(v->status) == SIGKILL) {
		outcome_error(o, "the program got SIGKILL, from itself or for lack of memory%s",
			      words);
	} else if (WIFSIGNALED(v->status)) {
		outcome_fail(o, RULE_PROGRAM_EXIT, expected, "signal %d (%s)%s",
			     WTERMSIG(v->status), strsignal(WTERMSIG(v->status)), words);
	} else if (WEXITSTATUS(v->status) == SKIP_STATUS) {
		outcome_skip(o, "the program skipped itself%s", words);
	} else if (WEXITSTATUS(v->status) == LACKS_STATUS) {
		outcome_error(o, "the program, or one that it runs, lacks something in the guest%s",
			      words);
	} else if (r->tests.n || r->tests.has_plan) {
		program_tests_judge(&r->tests, WEXITSTATUS(v->status), o);
	} else if (WEXITSTATUS(v->status)) {
		outcome_fail(o, RULE_PROGRAM_EXIT, expected, "exit status %d%s",
			     WEXITSTATUS(v->status), words);
	}
}

static void send_output(const struct exec *x, const struct run *r, const struct verdict *v)
{
	_cleanup_buf_ struct buf msg = BUF_INIT, text = BUF_INIT;

	buf_add_middle_cut(&text, buf_str(&r->said), r->said.len, OUTPUT_MAX);
	if (v->late)
		buf_addf(&text, "\n(killed after %llu ms)\n", (unsigned long long)r->st->within_ms);
	if (!text.len)
		return;
	msg_put_str(&msg, TAG_NAME, "program.log");
	msg_put(&msg, TAG_TEXT, text.data, text.len);
	case_send(x->ctx, MSG_EVIDENCE, &msg);
}

void exec_program(struct exec *x, const struct step *st, struct outcome *o)
{
	struct run r = { .x = x, .st = st, .grace_ms = x->grace_ms, .said = BUF_INIT };
	struct verdict v = { 0 };
	bool got = false;

	x->spoiled = true; /* it may have changed anything in the guest */
	if (!make_folder(st, o))
		return;
	if (pipe2(r.output, O_CLOEXEC | O_NONBLOCK) ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, r.talk)) {
		outcome_error(o, "cannot make a pipe: %s", strerror(errno));
		return;
	}
	fcntl(r.output[1], F_SETFL, 0); /* blocking, for the program */
	r.start_ns = now_ns();
	r.keeper = fork();
	if (!r.keeper) {
		close(r.talk[0]);
		keep(&r, &v);
		_exit(write(r.talk[1], &v, sizeof(v)) != sizeof(v));
	}
	close(r.output[1]);
	close(r.talk[1]);
	if (r.keeper < 0)
		outcome_error(o, "cannot start a process: %s", strerror(errno));
	else if (!listen_to(&r, &v, o))
		outcome_error(o, "the keeper of the program gave no answer");
	else
		got = true;
	hear(&r);
	if (got && !v.left[0])
		tell_oracles(&r, BESIDE_GONE, o);
	ktap_end(&r.tests);
	program_tests_send(x, st, &r.tests);
	if (got)
		judge(&r, &v, o);
	send_output(x, &r, &v);
	if (r.keeper > 0 && !v.left[0])
		waitpid(r.keeper, NULL, 0);
	close(r.output[0]);
	close(r.talk[0]);
	buf_deinit(&r.said);
	ktap_deinit(&r.tests);
}
