/* SPDX-License-Identifier: GPL-2.0-only */
/* Operations that run beside the program, and what is expected of them. */
#include "workloads/exec/exec.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "base/task.h"
#include "workloads/pattern.h"

/* A waiter that uses a larger part of the window than this is spinning. */
#define WAITER_CPU_PERCENT 10
/* Windows in a row that something of unknown kind has to sleep through. */
#define RESTS_ENOUGH 5

static struct exec_task *find_task(struct exec *x, const char *name)
{
	for (unsigned int i = 0; i < x->nr_tasks; i++)
		if (strcmp(x->tasks[i].name, name) == 0)
			return &x->tasks[i];
	return NULL;
}

static void carry_out(struct exec_task *t)
{
	struct task_shared *s = t->shared;

	s->tid = (pid_t)syscall(SYS_gettid);
	s->entered_ns = now_ns();
	__atomic_store_n(&s->entered, true, __ATOMIC_RELEASE);
	eventfd_write(t->event_fd, 1);
	s->result = op_run(&t->step->call, &t->target);
	s->done_ns = now_ns();
	__atomic_store_n(&s->done, true, __ATOMIC_RELEASE);
	eventfd_write(t->event_fd, 1);
}

static void *task_thread(void *arg)
{
	carry_out(arg);
	return NULL;
}

/* In the child: only the operation's own descriptors may live on. */
static __noreturn void task_process(struct exec_task *t)
{
	int keep[] = { 0, 1, 2, t->event_fd, t->target.fd[0], t->target.fd[1] };
	int max = (int)sysconf(_SC_OPEN_MAX);

	for (int fd = 3; fd < MIN(max, 1024); fd++) {
		bool kept = false;

		for (size_t i = 0; i < ARRAY_SIZE(keep); i++)
			kept |= keep[i] == fd;
		if (!kept)
			close(fd);
	}
	carry_out(t);
	_exit(0);
}

static bool is_done(const struct exec_task *t)
{
	return __atomic_load_n(&t->shared->done, __ATOMIC_ACQUIRE);
}

static bool is_over(const struct exec_task *t)
{
	return is_done(t) || t->dead;
}

/* Waits for @t's next event; false when @deadline passes first. */
static bool wait_event(struct exec_task *t, uint64_t deadline)
{
	struct pollfd fds[] = { { .fd = t->event_fd, .events = POLLIN },
				{ .fd = t->pid_fd, .events = POLLIN } };
	uint64_t now = now_ns();
	eventfd_t n;
	int wait = now < deadline ? (int)((deadline - now) / 1000000) + 1 : 0;

	if (poll(fds, 2, wait) <= 0)
		return false;
	if (fds[0].revents)
		eventfd_read(t->event_fd, &n);
	if (fds[1].revents) {
		t->dead = true;
		t->pid_fd = -1; /* readable for ever now; closed with the case */
	}
	return true;
}

/* True when the operation is over by @deadline. */
static bool wait_over(struct exec_task *t, uint64_t deadline)
{
	while (!is_over(t) && wait_event(t, deadline))
		;
	return is_over(t);
}

static void join(struct exec_task *t)
{
	if (!t->started || t->joined || !is_over(t))
		return;
	t->joined = true;
	if (t->pid)
		waitpid(t->pid, NULL, 0);
	else
		pthread_join(t->thread, NULL);
}

void exec_tasks_settle(struct exec *x)
{
	for (unsigned int i = 0; i < x->nr_tasks; i++) {
		struct exec_task *t = &x->tasks[i];

		if (!t->started || t->applied || !is_done(t))
			continue;
		t->applied = true;
		if (t->shared->result == 0)
			exec_apply(x, &t->step->call, t->gen);
		join(t);
	}
}

struct exec_task *exec_task_pending(struct exec *x, const struct exec_file *f)
{
	exec_tasks_settle(x);
	for (unsigned int i = 0; i < x->nr_tasks; i++) {
		struct exec_task *t = &x->tasks[i];
		const struct mutator_call *c = &t->step->call;

		if (!t->started || is_over(t))
			continue;
		if (!f || (c->file[0] && strcmp(c->file[0], f->name) == 0) ||
		    (c->file[1] && strcmp(c->file[1], f->name) == 0) ||
		    (c->mutator->traits & MUTATOR_NO_FILE))
			return t;
	}
	return NULL;
}

static bool prepare(struct exec *x, const struct step *st, struct exec_task *t,
		    struct outcome *o)
{
	const struct mutator_call *c = &st->call;

	*t = (struct exec_task){ .name = st->name ? st->name : c->mutator->name, .step = st,
				 .event_fd = eventfd(0, EFD_CLOEXEC), .pid_fd = -1,
				 .target = { .fd = { -1, -1 }, .mountpoint = EXEC_MOUNTPOINT } };
	t->shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (t->shared == MAP_FAILED || t->event_fd < 0) {
		outcome_error(o, "cannot start '%s': %s", t->name, strerror(errno));
		return false;
	}
	for (int i = 0; i < MUTATOR_FILES_MAX && c->file[i]; i++) {
		struct exec_file *f = exec_file(x, c->file[i]);

		if (!exec_file_open(f)) {
			outcome_error(o, "cannot open '%s': %s", f->name, strerror(errno));
			return false;
		}
		t->target.fd[i] = f->fd;
		strcpy(t->target.path[i], f->path);
	}
	if (strcmp(c->mutator->name, "write") == 0) {
		struct exec_file *f = exec_file(x, c->file[0]);

		t->gen = ++f->gen;
		t->data = xcalloc(1, c->len);
		pattern_fill(t->data, c->len, f->origin, t->gen, c->off[0]);
		t->target.data = t->data;
	}
	if (strcmp(c->mutator->name, "umount") == 0)
		for (unsigned int i = 0; i < x->nr_files; i++)
			exec_file_close(&x->files[i]);
	return true;
}

static void run(struct exec *x, struct exec_task *t, struct outcome *o)
{
	int ret = 0;

	if (t->step->process) {
		t->pid = fork();
		if (t->pid == 0)
			task_process(t);
		ret = t->pid < 0 ? errno : 0;
		if (!ret)
			t->pid_fd = (int)syscall(SYS_pidfd_open, t->pid, 0);
	} else {
		ret = pthread_create(&t->thread, NULL, task_thread, t);
	}
	if (ret) {
		outcome_error(o, "cannot start '%s': %s", t->name, strerror(ret));
		return;
	}
	t->started = true;
	if (!wait_event(t, now_ns() + x->grace_ms * 1000000))
		outcome_error(o, "'%s' was not scheduled within %llu ms", t->name,
			      (unsigned long long)x->grace_ms);
}

void exec_task_start(struct exec *x, const struct step *st, struct outcome *o)
{
	struct exec_task *t;

	if (x->nr_tasks == EXEC_THINGS_MAX) {
		outcome_error(o, "more than %d operations", EXEC_THINGS_MAX);
		return;
	}
	if (x->ctx->lie == LIE_PANIC)
		file_poke("/proc/sysrq-trigger", "c");
	t = &x->tasks[x->nr_tasks++];
	if (prepare(x, st, t, o))
		run(x, t, o);
}

static pid_t task_pid(const struct exec_task *t)
{
	return t->pid ? t->pid : getpid();
}

static void add_stack(const struct exec_task *t, struct outcome *o)
{
	struct task_sample s = { 0 };

	if (task_sample(task_pid(t), t->shared->tid, &s) == 0)
		buf_addf(&o->detail, "'%s': state %c in %s, %.1f ms CPU\n", t->name, s.state,
			 s.wchan, (double)s.cpu_ns / 1e6);
	task_stack(task_pid(t), t->shared->tid, &o->detail);
}

static const char *result_name(int result)
{
	return result ? errno_name(-result) : "success";
}

/*
 * Looks for one window: OVER, RESTS when it slept through, BUSY when it used the CPU:
 * an operation may have honest work to do before it comes to wait.
 */
enum look { LOOK_OVER, LOOK_RESTS, LOOK_BUSY };

/*
 * Where the layout waits sleep: xfs_break_dax_layouts, ext4_break_layouts (6.1, 6.12),
 * xfs_wait_dax_page, ext4_wait_dax_page, dax_break_layout_final (7.2). What sleeps
 * elsewhere may be waiting for the disk: it is looked at longer.
 */
static bool waits_for_layout(const struct task_sample *s)
{
	return strstr(s->wchan, "dax_page") || strstr(s->wchan, "break_layout") ||
	       strstr(s->wchan, "break_dax_layout");
}

static enum look look_once(struct exec *x, struct exec_task *t, bool *certain,
			   struct outcome *o)
{
	struct task_sample before = { 0 }, after = { 0 };
	uint64_t from = now_ns(), spent, span;

	if (task_sample(task_pid(t), t->shared->tid, &before) ||
	    wait_over(t, from + x->window_ms * 1000000))
		return LOOK_OVER;
	task_sample(task_pid(t), t->shared->tid, &after);
	span = now_ns() - from;
	spent = after.cpu_ns - before.cpu_ns;
	*certain = waits_for_layout(&before) && waits_for_layout(&after);
	snprintf(o->found, sizeof(o->found), "state %c in %s, %.1f ms CPU in %.1f ms",
		 after.state, after.wchan, (double)spent / 1e6, (double)span / 1e6);
	return spent * 100 > span * WAITER_CPU_PERCENT ? LOOK_BUSY : LOOK_RESTS;
}

/* Looks until it is over or rests for certain, up to the grace. */
static enum look look(struct exec *x, struct exec_task *t, struct outcome *o)
{
	uint64_t deadline = now_ns() + x->grace_ms * 1000000;
	unsigned int rested = 0;
	bool certain = false;
	enum look seen;

	do {
		seen = look_once(x, t, &certain, o);
		rested = seen == LOOK_RESTS ? rested + 1 : 0;
	} while (seen != LOOK_OVER && !(seen == LOOK_RESTS && (certain || rested == RESTS_ENOUGH)) &&
		 now_ns() < deadline);
	exec_tasks_settle(x);
	return seen;
}

static void judge_busy(struct exec_task *t, struct outcome *o)
{
	char found[sizeof(o->found)];

	strcpy(found, o->found);
	outcome_fail(o, "contract.sleeps", "sleeps while it waits", "%s", found);
	add_stack(t, o);
}

static void expect_blocks(struct exec *x, struct exec_task *t, struct outcome *o)
{
	enum look seen = look(x, t, o);
	char holders[200];

	if (seen == LOOK_BUSY)
		judge_busy(t, o);
	else if (seen == LOOK_OVER && !is_done(t))
		outcome_fail(o, "contract.waits", "waits", "'%s' died", t->name);
	else if (seen == LOOK_OVER)
		outcome_fail(o, "contract.waits", "waits for the pages that are held",
			     "'%s' returned %s after %.1f ms, while %s stood", t->name,
			     result_name(t->shared->result),
			     (double)(t->shared->done_ns - t->shared->entered_ns) / 1e6,
			     exec_holders(x, holders, sizeof(holders)));
}

void exec_task_settle(struct exec *x, const struct step *st, struct outcome *o)
{
	struct exec_task *t = find_task(x, st->name);

	switch (look(x, t, o)) {
	case LOOK_OVER:
		snprintf(o->found, sizeof(o->found), "'%s' ended with %s", t->name,
			 is_done(t) ? result_name(t->shared->result) : "a signal");
		break;
	case LOOK_BUSY:
		judge_busy(t, o);
		break;
	case LOOK_RESTS:
		break;
	}
}

/* It has not ended in time. */
static void judge_stuck(struct exec *x, struct exec_task *t, uint64_t ms, struct outcome *o)
{
	char holders[200];

	exec_holders(x, holders, sizeof(holders));
	if (holders[0])
		outcome_fail(o, "contract.nowait", "completes", "'%s' still runs after %llu ms; "
			     "held: %s", t->name, (unsigned long long)ms, holders);
	else
		outcome_fail(o, "contract.ends", "ends once nothing is held",
			     "'%s' still runs after %llu ms", t->name, (unsigned long long)ms);
	add_stack(t, o);
	o->hung = true;
}

static void expect_end(struct exec *x, struct exec_task *t, const struct step *st,
		       int expected_errno, struct outcome *o)
{
	uint64_t ms = st->within_ms ? st->within_ms : x->grace_ms;
	char expected[64];

	if (!wait_over(t, now_ns() + ms * 1000000)) {
		judge_stuck(x, t, ms, o);
		return;
	}
	exec_tasks_settle(x);
	o->errnum = is_done(t) ? -t->shared->result : 0;
	if (is_done(t) && -t->shared->result == expected_errno)
		return;
	snprintf(expected, sizeof(expected), "'%.32s' ends with %s", t->name,
		 result_name(-expected_errno));
	outcome_fail(o, "contract.errno", expected, "%s",
		     is_done(t) ? result_name(t->shared->result) : "it was killed");
}

static void expect_killed(struct exec *x, struct exec_task *t, struct outcome *o)
{
	uint64_t deadline = now_ns() + x->grace_ms * 1000000;

	while (!t->dead && wait_event(t, deadline))
		;
	if (!t->dead) {
		outcome_fail(o, "contract.killable", "ends on SIGKILL",
			     "'%s' still lives after %llu ms", t->name,
			     (unsigned long long)x->grace_ms);
		add_stack(t, o);
		o->hung = true;
	} else if (is_done(t)) {
		outcome_fail(o, "contract.waits", "killed while it waits",
			     "'%s' had returned %s before", t->name,
			     result_name(t->shared->result));
	}
	exec_tasks_settle(x);
	join(t);
}

void exec_task_expect(struct exec *x, const struct step *st, struct outcome *o)
{
	struct exec_task *t = find_task(x, st->name);

	switch (st->expect) {
	case EXPECT_BLOCKS:
		expect_blocks(x, t, o);
		break;
	case EXPECT_COMPLETES:
		expect_end(x, t, st, 0, o);
		break;
	case EXPECT_FAILS:
		expect_end(x, t, st, st->errnum, o);
		break;
	case EXPECT_KILLED:
		expect_killed(x, t, o);
		break;
	}
}

void exec_task_wait(struct exec *x, const struct step *st, struct outcome *o)
{
	struct exec_task *t = find_task(x, st->name);

	if (!wait_over(t, now_ns() + x->grace_ms * 1000000))
		judge_stuck(x, t, x->grace_ms, o);
	else
		snprintf(o->found, sizeof(o->found), "%s", is_done(t) ?
			 result_name(t->shared->result) : "killed");
	exec_tasks_settle(x);
}

void exec_task_signal(struct exec *x, const struct step *st, struct outcome *o)
{
	struct exec_task *t = find_task(x, st->name);
	long ret;

	(void)x;
	if (t->pid)
		ret = kill(t->pid, st->signo);
	else
		ret = syscall(SYS_tgkill, getpid(), t->shared->tid, st->signo);
	if (ret && errno != ESRCH)
		outcome_error(o, "cannot signal '%s': %s", t->name, strerror(errno));
}

void exec_operation(struct exec *x, const struct step *st, struct outcome *o)
{
	exec_task_start(x, st, o);
	if (o->status == STEP_OK)
		expect_end(x, &x->tasks[x->nr_tasks - 1], st, st->errnum, o);
}

struct exec_task *exec_tasks_end(struct exec *x)
{
	uint64_t deadline = now_ns() + x->grace_ms * 1000000;

	for (unsigned int i = 0; i < x->nr_tasks; i++) {
		struct exec_task *t = &x->tasks[i];

		if (t->started && !wait_over(t, deadline))
			return t;
		join(t);
	}
	exec_tasks_settle(x);
	return NULL;
}
