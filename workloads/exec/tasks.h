/* SPDX-License-Identifier: GPL-2.0-only */
/* Operations that were started, and what is expected of them. */
#ifndef WORKLOADS_EXEC_TASKS_H
#define WORKLOADS_EXEC_TASKS_H

#include "workloads/exec/exec.h"

/* tasks.c */
struct exec_task *exec_task(struct exec *x, const char *name);
pid_t exec_task_pid(const struct exec_task *t);
bool exec_task_done(const struct exec_task *t);
/* Waits until @deadline of now_ns() for its next event, for its end; false: in vain. */
bool exec_task_event(struct exec_task *t, uint64_t deadline);
bool exec_task_over(struct exec_task *t, uint64_t deadline);
void exec_task_join(struct exec_task *t);
void exec_task_start(struct exec *x, const struct step *st, struct outcome *o);
void exec_task_expect(struct exec *x, const struct step *st, struct outcome *o);
/* Until it rests or is over, whichever is first. */
void exec_task_settle(struct exec *x, const struct step *st, struct outcome *o);
void exec_task_wait(struct exec *x, const struct step *st, struct outcome *o);
void exec_task_signal(struct exec *x, const struct step *st, struct outcome *o);

/* In a forked child: all descriptors but these @n, all mappings but @map (or NULL), go. */
void exec_keep_only(struct exec *x, const int *keep, size_t n, const struct exec_map *map);
/* Makes a skip of @o when an operation ended with what its kernel lacks. */
void exec_tasks_lacking(const struct exec *x, struct outcome *o);
void exec_lacking(const struct op_call *c, int result, struct outcome *o);

/* Whether one may be at work, and has not just been seen to rest. */
bool exec_tasks_busy(const struct exec *x);
/* An operation that has not ended and changes @f (NULL: any file). */
struct exec_task *exec_task_pending(struct exec *x, const struct exec_file *f);
/* Applies what ended since the last look. */
void exec_tasks_settle(struct exec *x);
/* Waits up to the grace for all to end; the first that does not, or NULL. */
struct exec_task *exec_tasks_end(struct exec *x);

/* task-state.c */

/* A layout wait, which holds no lock that this program needs. */
struct task_sample;
bool exec_waits_for_layout(const struct task_sample *s);

/*
 * Of @t: it is over; it slept a window through; it used the CPU: it may have honest work to
 * do before it comes to wait.
 */
enum sampled { SAMPLED_OVER, SAMPLED_RESTS, SAMPLED_BUSY };

/*
 * Looks until it is over, rests or surely does not, up to the grace; *@certain: it rests,
 * or is at work, where layout waits do. @o->found says where and how; @t->spins is set.
 */
enum sampled exec_sample(struct exec *x, struct exec_task *t, bool *certain, struct outcome *o);

/*
 * Milliseconds in which a signal has to end @t. It ends a wait at once; what was seen to
 * spin in one is given as long as it was looked at for that.
 */
uint64_t exec_signal_ms(const struct exec *x, const struct exec_task *t);

/* expect.c: @name, which thread @tid of @pid is in, has not ended after @ms. */
void exec_judge_stuck(struct exec *x, const char *name, pid_t pid, pid_t tid, uint64_t ms,
		      struct outcome *o);
/* @t, which waits, got the signal of @st: it ends by that also where it need not wait. */
void exec_judge_signalled(struct exec *x, struct exec_task *t, const struct step *st,
			  struct outcome *o);
/* All has ended: of what slept elsewhere nobody can say whether it waited for a page. */
void exec_judge_elsewhere(const struct exec *x, struct outcome *o);
/* It ended with @result, 0 or -errno. */
void exec_judge_result(const char *name, int result, int expected_errno, struct outcome *o);

#endif
