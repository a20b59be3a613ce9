/* SPDX-License-Identifier: GPL-2.0-only */
/* Judges a started operation by what the scenario expects of it. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/task.h"
#include "workloads/exec/operation.h"
#include "workloads/exec/pins.h"
#include "workloads/exec/tasks.h"

static void add_stack_of(const char *name, pid_t pid, pid_t tid, struct outcome *o)
{
	struct task_sample s = { 0 };

	if (task_sample(pid, tid, &s) == 0)
		buf_addf(&o->detail, "'%s': state %c in %s, %.1f ms CPU\n", name, s.state, s.wchan,
			 (double)s.cpu_ns / 1e6);
	task_stack(pid, tid, &o->detail);
}

static void add_stack(const struct exec_task *t, struct outcome *o)
{
	add_stack_of(t->name, exec_task_pid(t), t->shared->tid, o);
}

static const char *result_name(int result)
{
	return result ? errno_name(-result) : "success";
}

static void fail_errno(const char *name, int expected_errno, const char *found, struct outcome *o)
{
	char expected[64];

	snprintf(expected, sizeof(expected), "'%.32s' ends with %s", name,
		 result_name(-expected_errno));
	outcome_fail(o, RULE_CONTRACT_ERRNO, expected, "%s", found);
}

static void fail_killable(const struct exec_task *t, uint64_t ms, struct outcome *o)
{
	outcome_fail(o, RULE_CONTRACT_KILLABLE, "ends on SIGKILL", "'%s' still lives after %llu ms",
		     t->name, (unsigned long long)ms);
}

static void judge_busy(struct exec_task *t, struct outcome *o)
{
	char found[sizeof(o->found)];

	strcpy(found, o->found);
	outcome_fail(o, RULE_CONTRACT_SLEEPS, "sleeps while it waits", "%s", found);
	add_stack(t, o);
}

/* A last close may wait uninterruptibly (dax_break_layout_final(), 7.2). */
static void judge_deep(struct exec_task *t, const char *place, struct outcome *o)
{
	if (t->state != 'D' || (t->step->call.op->traits & OP_LAST_CLOSE))
		return;
	outcome_fail(o, RULE_CONTRACT_INTERRUPTIBLE, "waits so that a signal reaches it", "%s",
		     place);
	add_stack(t, o);
}

static void note_wait(struct exec_task *t, bool need_not)
{
	t->waits_since_ns = now_ns();
	t->let_go = false;
	t->need_not = need_not;
}

static void expect_blocks(struct exec *x, struct exec_task *t, struct outcome *o)
{
	bool certain = false;
	enum sampled seen = exec_sample(x, t, &certain, o);
	char holders[200], place[sizeof(o->found)];

	strcpy(place, o->found);
	if (seen == SAMPLED_BUSY) {
		judge_busy(t, o);
	} else if (seen == SAMPLED_RESTS && !certain) {
		/* if this is a deadlock, it never ends; see exec_judge_elsewhere() */
		snprintf(t->elsewhere, sizeof(t->elsewhere), "%.127s", place);
	} else if (seen == SAMPLED_RESTS) {
		note_wait(t, false);
		judge_deep(t, place, o);
	} else if (!exec_task_done(t)) {
		outcome_fail(o, RULE_CONTRACT_WAITS, "waits", "'%s' died", t->name);
	} else if (op_refused(&t->step->call, t->shared->result)) {
		snprintf(o->found, sizeof(o->found), "'%s' refused: %s", t->name,
			 result_name(t->shared->result));
	} else if (exec_holders(x, holders, sizeof(holders))[0]) {
		outcome_fail(o, RULE_CONTRACT_WAITS, "waits for the pages that are held",
			     "'%s' returned %s after %.1f ms, while %s stood", t->name,
			     result_name(t->shared->result),
			     (double)(t->shared->done_ns - t->shared->entered_ns) / 1e6, holders);
	} else { /* a pin was not granted, which was reported already */
		snprintf(o->found, sizeof(o->found), "'%s' returned, and nothing is held", t->name);
	}
}

void exec_judge_elsewhere(const struct exec *x, struct outcome *o)
{
	for (unsigned int i = 0; i < x->nr_tasks; i++)
		if (x->tasks[i].elsewhere[0])
			outcome_error(o, "'%s' slept, but in no layout wait that is known: %s",
				      x->tasks[i].name, x->tasks[i].elsewhere);
}

/* The unbind of a device with a held page must wait or fail. */
static void judge_unbind(struct exec *x, const struct exec_task *t, struct outcome *o)
{
	char holders[200];

	if (!x->unbound || !(t->step->call.op->traits & OP_UNBINDS))
		return;
	exec_holders(x, holders, sizeof(holders));
	if (holders[0])
		outcome_fail(o, RULE_CONTRACT_WAITS, "waits or refuses while pages are held",
			     "the device was unbound after %.1f ms, while %s stood",
			     (double)(t->shared->done_ns - t->shared->entered_ns) / 1e6, holders);
}

void exec_task_settle(struct exec *x, const struct step *st, struct outcome *o)
{
	struct exec_task *t = exec_task(x, st->name);
	char place[sizeof(o->found)];
	bool certain = false;

	switch (exec_sample(x, t, &certain, o)) {
	case SAMPLED_OVER:
		snprintf(o->found, sizeof(o->found), "'%s' ended with %s", t->name,
			 exec_task_done(t) ? result_name(t->shared->result) : "a signal");
		judge_unbind(x, t, o);
		break;
	case SAMPLED_BUSY:
		judge_busy(t, o);
		break;
	case SAMPLED_RESTS:
		if (!certain)
			break;
		strcpy(place, o->found);
		note_wait(t, true);
		judge_deep(t, place, o);
		break;
	}
}

void exec_judge_stuck(struct exec *x, const char *name, pid_t pid, pid_t tid, uint64_t ms,
		      struct outcome *o)
{
	char holders[200];

	exec_holders(x, holders, sizeof(holders));
	if (holders[0])
		outcome_fail(o, RULE_CONTRACT_NOWAIT, "completes",
			     "'%s' still runs after %llu ms; held: %s", name,
			     (unsigned long long)ms, holders);
	else
		outcome_fail(o, RULE_CONTRACT_ENDS, "ends once nothing is held",
			     "'%s' still runs after %llu ms", name, (unsigned long long)ms);
	add_stack_of(name, pid, tid, o);
	o->hung = true;
}

static void judge_stuck(struct exec *x, struct exec_task *t, uint64_t ms, struct outcome *o)
{
	exec_judge_stuck(x, t->name, exec_task_pid(t), t->shared->tid, ms, o);
}

/* A signal should have ended the wait. */
static void judge_deaf(struct exec *x, const struct exec_task *t, int expected_errno, uint64_t ms,
		       struct outcome *o)
{
	char found[64], holders[200];

	if (!t->signalled || !exec_holders(x, holders, sizeof(holders))[0])
		return;
	snprintf(found, sizeof(found), "the signal did not end it within %llu ms",
		 (unsigned long long)ms);
	fail_errno(t->name, expected_errno, found, o);
}

/* Whether the next step itself expects the end. */
static bool is_expected_next(const struct exec *x, const struct step *st)
{
	return st + 1 < x->s->steps + x->s->nr_steps && st[1].verb == STEP_EXPECT &&
	       strcmp(st[1].name, st->name) == 0;
}

void exec_judge_signalled(struct exec *x, struct exec_task *t, const struct step *st,
			  struct outcome *o)
{
	uint64_t ms = exec_signal_ms(x, t);

	if (is_expected_next(x, st) || !t->need_not || t->let_go ||
	    (t->step->call.op->traits & OP_LAST_CLOSE) ||
	    exec_task_over(t, now_ns() + ms * 1000000))
		return;
	if (st->signo == SIGKILL)
		fail_killable(t, ms, o);
	else
		judge_deaf(x, t, EINTR, ms, o);
	if (o->status == STEP_FAIL)
		add_stack(t, o);
}

/* An operation that was found waiting must not end before a release. */
static void judge_early(const struct exec_task *t, struct outcome *o)
{
	if (!t->waits_since_ns || t->signalled || !exec_task_done(t))
		return;
	if (t->let_go || t->need_not)
		return;
	outcome_fail(o, RULE_CONTRACT_WAITS, "waits until the pages are let go",
		     "'%s' returned %s %.1f ms after it was seen to wait, before any release",
		     t->name, result_name(t->shared->result),
		     (double)(t->shared->done_ns - t->waits_since_ns) / 1e6);
}

void exec_judge_result(const char *name, int result, int expected_errno, struct outcome *o)
{
	o->errnum = -result;
	if (-result != expected_errno)
		fail_errno(name, expected_errno, result_name(result), o);
}

static void expect_end(struct exec *x, struct exec_task *t, const struct step *st,
		       int expected_errno, struct outcome *o)
{
	uint64_t ms = st->within_ms ? st->within_ms :
		      t->signalled  ? exec_signal_ms(x, t) :
				      x->grace_ms;

	if (!exec_task_over(t, now_ns() + ms * 1000000)) {
		judge_deaf(x, t, expected_errno, ms, o);
		judge_stuck(x, t, ms, o);
		return;
	}
	exec_tasks_settle(x);
	judge_early(t, o);
	if (exec_task_done(t)) {
		if (expected_errno || !exec_may_refuse(x, &t->step->call, t->shared->result))
			exec_judge_result(t->name, t->shared->result, expected_errno, o);
		/* nothing else happened since it began, and its bytes are this process's */
		if (!t->shared->result && !t->behind && !t->pid && st == t->step + 1)
			exec_read_check(x, &t->step->call, t->data, o);
		return;
	}
	fail_errno(t->name, expected_errno, "it was killed", o);
}

static void expect_killed(struct exec *x, struct exec_task *t, struct outcome *o)
{
	uint64_t ms = exec_signal_ms(x, t), deadline = now_ns() + ms * 1000000;

	while (!t->dead && exec_task_event(t, deadline))
		;
	if (!t->dead) {
		fail_killable(t, ms, o);
		add_stack(t, o);
		o->hung = true;
	} else if (exec_task_done(t)) {
		outcome_fail(o, RULE_CONTRACT_WAITS, "killed while it waits",
			     "'%s' had returned %s before", t->name,
			     result_name(t->shared->result));
	}
	exec_tasks_settle(x);
	exec_task_join(t);
}

void exec_task_expect(struct exec *x, const struct step *st, struct outcome *o)
{
	struct exec_task *t = exec_task(x, st->name);

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

/* The step takes any result but an error of what may refuse, if that is no refusal. */
static void judge_wait_result(const struct exec_task *t, struct outcome *o)
{
	const struct op_call *c = &t->step->call;
	int result = exec_task_done(t) ? t->shared->result : 0;

	if ((c->op->traits & OP_REFUSES) && result && !t->signalled && !op_refused(c, result))
		exec_judge_result(t->name, result, 0, o);
}

void exec_task_wait(struct exec *x, const struct step *st, struct outcome *o)
{
	struct exec_task *t = exec_task(x, st->name);

	if (!exec_task_over(t, now_ns() + x->grace_ms * 1000000))
		judge_stuck(x, t, x->grace_ms, o);
	else
		snprintf(o->found, sizeof(o->found), "%s",
			 exec_task_done(t) ? result_name(t->shared->result) : "killed");
	exec_tasks_settle(x);
	judge_wait_result(t, o);
}
