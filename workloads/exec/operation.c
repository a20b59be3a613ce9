/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An operation in the main thread of the program, at the cost of its system call only. If
 * it never returns, another thread, the watch, reports that: it wakes when a call has taken
 * as long as the grace, and takes over the call by exchanging watch.call; then the main
 * thread must stop. The calls are numbered, not timed, as reading a clock can cost more.
 */
#include "workloads/exec/files.h"
#include "workloads/exec/maps.h"
#include "workloads/exec/operation.h"
#include "workloads/exec/tasks.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/files.h"

/* Checks in one grace: the watch notices a call that follows others at most that late. */
#define LOOKS 8

static __noreturn void take_over(struct exec *x)
{
	struct outcome o = { .detail = BUF_INIT };
	struct watch *w = &x->watch;

	exec_judge_stuck(x, w->name, getpid(), getpid(), x->grace_ms, &o);
	exec_report(x, w->step, &o, x->grace_ms * 1000000);
	for (;;)
		pause();
}

/* Waits for a call to begin; the caller must check again whether one did. */
static void watch_rest(struct watch *w)
{
	struct pollfd p = { .fd = w->wake, .events = POLLIN };
	eventfd_t n;

	__atomic_store_n(&w->asleep, true, __ATOMIC_SEQ_CST);
	if (!__atomic_load_n(&w->call, __ATOMIC_SEQ_CST) && poll(&p, 1, -1) > 0)
		eventfd_read(w->wake, &n);
	__atomic_store_n(&w->asleep, false, __ATOMIC_SEQ_CST);
}

static void *watch_thread(void *arg)
{
	struct exec *x = arg;
	struct watch *w = &x->watch;

	uint64_t seen = 0, end = 0;

	for (;;) {
		uint64_t call = __atomic_load_n(&w->call, __ATOMIC_SEQ_CST), now = now_ns();

		if (call && call != seen)
			end = now + x->grace_ms * 1000000;
		seen = call;
		if (!call)
			watch_rest(w);
		else if (now < end)
			poll(NULL, 0, (int)MIN((end - now) / 1000000, x->grace_ms / LOOKS) + 1);
		else if (__atomic_compare_exchange_n(&w->call, &call, WATCH_TAKEN, false,
						     __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
			take_over(x);
	}
	return NULL;
}

static bool watch_start(struct exec *x, struct outcome *o)
{
	struct watch *w = &x->watch;
	int ret;

	if (w->there)
		return true;
	w->wake = eventfd(0, EFD_CLOEXEC);
	ret = w->wake < 0 ? -errno : pin_thread_create(&w->thread, watch_thread, x);
	if (ret)
		outcome_error(o, "nobody can watch the operation: %s", strerror(-ret));
	w->there = !ret;
	return w->there;
}

static void watch_begin(struct exec *x, const struct step *st)
{
	struct watch *w = &x->watch;

	w->step = st;
	w->name = st->call.op->name;
	__atomic_store_n(&w->call, ++w->calls, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&w->asleep, __ATOMIC_SEQ_CST))
		eventfd_write(w->wake, 1);
}

static void watch_end(struct exec *x)
{
	uint64_t call = x->watch.calls;

	if (__atomic_compare_exchange_n(&x->watch.call, &call, 0, false, __ATOMIC_SEQ_CST,
					__ATOMIC_SEQ_CST))
		return;
	for (;;)
		pause();
}

void exec_lacking(const struct op_call *c, int result, struct outcome *o)
{
	outcome_skip(o, "this kernel has no %s here: %s", c->op->name, errno_name(-result));
}

bool exec_may_refuse(struct exec *x, const struct op_call *c, int result)
{
	return result == -EBADE && (c->op->traits & OP_COMPARES) &&
	       !(model_is_written(exec_file(x, c->file[0])->m, c->off[0], c->len) &&
		 model_is_written(exec_file(x, c->file[1])->m, c->off[1], c->len));
}

/* Checks the bytes of a read if nothing else changes the file. */
static void judge_bytes(struct exec *x, const struct op_call *c, int result, const void *data,
			struct outcome *o)
{
	if (!result && c->file[0] && !exec_task_pending(x, exec_file(x, c->file[0])))
		exec_read_check(x, c, data, o);
}

/* The kernel must at once send SIGBUS to a program that maps a poisoned page. */
static void judge_poison(const struct op_call *c, int result, unsigned int before,
			 struct outcome *o)
{
	if (!result && (c->op->traits & OP_POISONS) && exec_poisoned() == before)
		outcome_fail(o, RULE_CONTRACT_SIGBUS, "SIGBUS to who maps a poisoned page",
			     "no signal came");
}

void exec_operation(struct exec *x, const struct step *st, struct outcome *o)
{
	struct op_target target;
	unsigned int gen = 0, poisoned = exec_poisoned();
	void *data;
	int result;

	if (x->ctx->sabotage == SABOTAGE_PANIC)
		file_poke("/proc/sysrq-trigger", "c");
	if (!watch_start(x, o) || !exec_target(x, &st->call, &target, &gen, &data, o))
		return;
	watch_begin(x, st);
	result = op_run(&st->call, &target);
	watch_end(x);
	exec_ended(x, &st->call, gen, result, false);
	if (op_lacking(&st->call, x->ctx->fs, result))
		exec_lacking(&st->call, result, o);
	else if (!st->errnum && op_refused(&st->call, result))
		outcome_skip(o, "'%s' was refused: %s", st->call.op->name, errno_name(-result));
	else if (st->errnum || !exec_may_refuse(x, &st->call, result))
		exec_judge_result(st->call.op->name, result, st->errnum, o);
	judge_bytes(x, &st->call, result, data, o);
	judge_poison(&st->call, result, poisoned, o);
	free(data);
}
