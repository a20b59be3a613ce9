/* SPDX-License-Identifier: GPL-2.0-only */
/* Samples, window by window, whether a started operation has ended, sleeps or runs. */
#include <stdio.h>
#include <string.h>

#include "base/task.h"
#include "workloads/exec/files.h"
#include "workloads/exec/tasks.h"

/* A waiter that uses a larger part of the window than this is spinning. */
#define WAITER_CPU_PERCENT 10
/* Consecutive windows that a task must sleep through if it is in no known layout wait. */
#define RESTS_ENOUGH 5
/*
 * Consecutive windows that a task must run before it is judged to spin: each is ten times
 * the time of an operation. One more for so many bytes of its file. Fewer are enough if
 * its stack shows a layout wait at the end of each, where no real work is done. (The stack
 * of a task that runs on another CPU cannot be read.)
 */
#define BUSY_ENOUGH 8
#define BUSY_BYTES (2u << 20)
#define BUSY_IN_WAIT_ENOUGH 3

/*
 * Where the layout waits sleep: xfs_break_dax_layouts, ext4_break_layouts (6.1, 6.12),
 * xfs_wait_dax_page, ext4_wait_dax_page, dax_break_layout_final (7.2). A task that sleeps
 * elsewhere may be waiting for the disk, so it is sampled longer.
 */
static bool names_layout_wait(const char *where)
{
	return strstr(where, "dax_page") || strstr(where, "break_layout") ||
	       strstr(where, "break_dax_layout");
}

bool exec_waits_for_layout(const struct task_sample *s)
{
	return names_layout_wait(s->wchan);
}

/*
 * Whether a running task is in such a wait: it then polls a busy page instead of sleeping.
 * The function that polls may be inlined.
 */
static bool is_in_layout_wait(const struct exec *x, const struct exec_task *t)
{
	const char *caller = x->ctx->fs->busy_page_in;
	_cleanup_buf_ struct buf stack = BUF_INIT;

	task_stack(exec_task_pid(t), t->shared->tid, &stack);
	return names_layout_wait(buf_str(&stack)) ||
	       strstr(buf_str(&stack), "dax_layout_busy_page") ||
	       (caller && strstr(buf_str(&stack), caller));
}

static enum sampled look_once(struct exec *x, struct exec_task *t, bool *certain, struct outcome *o)
{
	struct task_sample before = { 0 }, after = { 0 };
	uint64_t from = now_ns(), spent, span;

	int ret = task_sample(exec_task_pid(t), t->shared->tid, &before);

	if (exec_task_over(t, from + x->window_ms * 1000000))
		return SAMPLED_OVER;
	if (ret || task_sample(exec_task_pid(t), t->shared->tid, &after)) {
		snprintf(o->found, sizeof(o->found), "it cannot be sampled");
		return SAMPLED_BUSY;
	}
	span = now_ns() - from;
	spent = after.cpu_ns - before.cpu_ns;
	t->state = after.state;
	snprintf(o->found, sizeof(o->found), "state %c in %s, %.1f ms CPU in %.1f ms", after.state,
		 after.wchan, (double)spent / 1e6, (double)span / 1e6);
	if (after.state == 'R' || spent * 100 > span * WAITER_CPU_PERCENT) {
		*certain = is_in_layout_wait(x, t);
		return SAMPLED_BUSY;
	}
	*certain = exec_waits_for_layout(&before) && exec_waits_for_layout(&after);
	return SAMPLED_RESTS;
}

static uint64_t busy_enough(struct exec *x, const struct exec_task *t)
{
	const char *name = t->step->call.file[0];
	const struct exec_file *f = name ? exec_file(x, name) : NULL;

	return BUSY_ENOUGH + (f ? f->m->size / BUSY_BYTES : 0);
}

enum sampled exec_sample(struct exec *x, struct exec_task *t, bool *certain, struct outcome *o)
{
	uint64_t deadline = now_ns() + x->grace_ms * 1000000, busy = 0;
	unsigned int rested = 0, busy_inside = 0;
	enum sampled seen;

	do {
		seen = look_once(x, t, certain, o);
		rested = seen == SAMPLED_RESTS ? rested + 1 : 0;
		busy = seen == SAMPLED_BUSY ? busy + 1 : 0;
		busy_inside = busy ? busy_inside + *certain : 0;
	} while (seen != SAMPLED_OVER &&
		 !(seen == SAMPLED_RESTS && (*certain || rested == RESTS_ENOUGH)) &&
		 busy < busy_enough(x, t) && busy_inside < BUSY_IN_WAIT_ENOUGH &&
		 now_ns() < deadline);
	t->spins = busy_inside == BUSY_IN_WAIT_ENOUGH;
	exec_tasks_settle(x);
	return seen;
}

uint64_t exec_signal_ms(const struct exec *x, const struct exec_task *t)
{
	return t->spins ? BUSY_IN_WAIT_ENOUGH * x->window_ms : x->grace_ms;
}
