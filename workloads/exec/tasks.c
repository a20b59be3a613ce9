/* SPDX-License-Identifier: GPL-2.0-only */
/* Operations in threads and processes of their own. */
#include "workloads/exec/files.h"
#include "workloads/exec/maps.h"
#include "workloads/exec/operation.h"
#include "workloads/exec/tasks.h"

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

struct exec_task *exec_task(struct exec *x, const char *name)
{
	for (unsigned int i = 0; i < x->nr_tasks; i++)
		if (word_eq(x->tasks[i].name, name))
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

void exec_keep_only(struct exec *x, const int *keep, size_t n, const struct exec_map *map)
{
	int max = (int)sysconf(_SC_OPEN_MAX);

	for (int fd = 3; fd < MIN(max, 1024); fd++) {
		bool kept = false;

		for (size_t i = 0; i < n; i++)
			kept |= keep[i] == fd;
		if (!kept)
			close(fd);
	}
	for (unsigned int i = 0; i < x->nr_maps; i++)
		if (&x->maps[i] != map && x->maps[i].reserved)
			munmap(x->maps[i].reserved, x->maps[i].reserved_len);
}

/* In the child: only the operation's own descriptors and mapping may live on. */
static __noreturn void task_process(struct exec *x, struct exec_task *t)
{
	const int keep[] = { t->event_fd, t->target.fd[0], t->target.fd[1] };
	const char *map = t->step->call.map;

	exec_keep_only(x, keep, ARRAY_SIZE(keep), map ? exec_map(x, map) : NULL);
	carry_out(t);
	_exit(0);
}

bool exec_task_done(const struct exec_task *t)
{
	return __atomic_load_n(&t->shared->done, __ATOMIC_ACQUIRE);
}

static bool is_over(const struct exec_task *t)
{
	return exec_task_done(t) || t->dead;
}

/* Waits for @t's next event; false when @deadline passes first. */
bool exec_task_event(struct exec_task *t, uint64_t deadline)
{
	struct pollfd fds[] = { { .fd = t->event_fd, .events = POLLIN },
				{ .fd = t->pid_fd, .events = POLLIN } };
	eventfd_t n;
	int ret;

	/* the kernel may send SIGBUS for a poisoned page even while the program waits */
	do {
		uint64_t now = now_ns();

		ret = poll(fds, 2, now < deadline ? (int)((deadline - now) / 1000000) + 1 : 0);
	} while (ret < 0 && errno == EINTR);
	if (ret <= 0)
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
bool exec_task_over(struct exec_task *t, uint64_t deadline)
{
	while (!is_over(t) && exec_task_event(t, deadline))
		;
	return is_over(t);
}

void exec_task_join(struct exec_task *t)
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
		bool raced;

		if (!t->started || t->applied || !exec_task_done(t))
			continue;
		t->applied = true;
		/* the operation it raced with has ended by now: their order is unknown */
		raced = t->behind && t->behind->applied &&
			model_races(&x->model, &t->step->call, &t->behind->step->call);
		exec_ended(x, &t->step->call, t->gen, t->shared->result, raced);
		exec_task_join(t);
	}
}

void exec_tasks_lacking(const struct exec *x, struct outcome *o)
{
	for (unsigned int i = 0; i < x->nr_tasks; i++) {
		const struct exec_task *t = &x->tasks[i];

		if (t->applied && op_lacking(&t->step->call, x->ctx->fs, t->shared->result)) {
			outcome_reset(o); /* a skip replaces any other outcome */
			exec_lacking(&t->step->call, t->shared->result, o);
		}
	}
}

bool exec_tasks_busy(const struct exec *x)
{
	for (unsigned int i = 0; i < x->nr_tasks; i++) {
		const struct exec_task *t = &x->tasks[i];

		if (!t->started || t->dead || exec_task_done(t))
			continue;
		if (!t->waits_since_ns || t->signalled || x->released_ns > t->waits_since_ns)
			return true;
	}
	return false;
}

struct exec_task *exec_task_pending(struct exec *x, const struct exec_file *f)
{
	exec_tasks_settle(x);
	for (unsigned int i = 0; i < x->nr_tasks; i++) {
		struct exec_task *t = &x->tasks[i];
		const struct op_call *c = &t->step->call;

		if (!t->started || is_over(t))
			continue;
		if (!f || (c->file[0] && strcmp(c->file[0], f->name) == 0) ||
		    (c->file[1] && strcmp(c->file[1], f->name) == 0) ||
		    (c->op->traits & OP_NO_FILE))
			return t;
	}
	return NULL;
}

static bool prepare(struct exec *x, const struct step *st, struct exec_task *t, struct outcome *o)
{
	*t = (struct exec_task){
		.name = st->name, .step = st, .pid_fd = -1, .event_fd = eventfd(0, EFD_CLOEXEC)
	};
	t->shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (t->shared == MAP_FAILED || t->event_fd < 0) {
		outcome_error(o, "cannot start '%s': %s", t->name, strerror(errno));
		return false;
	}
	if (st->call.file[0])
		t->behind = exec_task_pending(x, exec_file(x, st->call.file[0]));
	return exec_target(x, &st->call, &t->target, &t->gen, &t->data, o);
}

static void run(struct exec *x, struct exec_task *t, struct outcome *o)
{
	int ret = 0;

	if (t->step->process) {
		t->pid = fork();
		if (t->pid == 0)
			task_process(x, t);
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
	if (!exec_task_event(t, now_ns() + x->grace_ms * 1000000))
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
	if (x->ctx->sabotage == SABOTAGE_PANIC)
		file_poke("/proc/sysrq-trigger", "c");
	t = &x->tasks[x->nr_tasks++];
	if (prepare(x, st, t, o))
		run(x, t, o);
}

pid_t exec_task_pid(const struct exec_task *t)
{
	return t->pid ? t->pid : getpid();
}

void exec_task_signal(struct exec *x, const struct step *st, struct outcome *o)
{
	struct exec_task *t = exec_task(x, st->name);
	long ret;

	t->signalled = true;
	if (t->pid)
		ret = kill(t->pid, st->signo);
	else
		ret = syscall(SYS_tgkill, getpid(), t->shared->tid, st->signo);
	if (ret && errno != ESRCH)
		outcome_error(o, "cannot signal '%s': %s", t->name, strerror(errno));
	else if (t->waits_since_ns)
		exec_judge_signalled(x, t, st, o);
}

struct exec_task *exec_tasks_end(struct exec *x)
{
	uint64_t deadline = now_ns() + x->grace_ms * 1000000;

	for (unsigned int i = 0; i < x->nr_tasks; i++) {
		struct exec_task *t = &x->tasks[i];

		if (t->started && !exec_task_over(t, deadline))
			return t;
		exec_task_join(t);
	}
	exec_tasks_settle(x);
	return NULL;
}
