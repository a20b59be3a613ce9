/* SPDX-License-Identifier: GPL-2.0-only */
/* Started operations, and what the scenario expects of them. */
#ifndef WORKLOADS_EXEC_TASKS_H
#define WORKLOADS_EXEC_TASKS_H

#include "workloads/exec/exec.h"

/* tasks.c */
struct exec_task *exec_task(struct exec *x, const char *name);
pid_t exec_task_pid(const struct exec_task *t);
bool exec_task_done(const struct exec_task *t);
/* Wait until @deadline of now_ns() for its next event, or for its end; false: none came. */
bool exec_task_event(struct exec_task *t, uint64_t deadline);
bool exec_task_over(struct exec_task *t, uint64_t deadline);
void exec_task_join(struct exec_task *t);
void exec_task_start(struct exec *x, const struct step *st, struct outcome *o);
void exec_task_expect(struct exec *x, const struct step *st, struct outcome *o);
/* Waits until it sleeps or has ended. */
void exec_task_settle(struct exec *x, const struct step *st, struct outcome *o);
void exec_task_wait(struct exec *x, const struct step *st, struct outcome *o);
void exec_task_signal(struct exec *x, const struct step *st, struct outcome *o);

/* In a forked child: closes all descriptors except these @n, unmaps all except @map (or NULL). */
void exec_keep_only(struct exec *x, const int *keep, size_t n, const struct exec_map *map);
/* Make @o a skip when an operation failed because its kernel lacks it. */
void exec_tasks_lacking(const struct exec *x, struct outcome *o);
void exec_lacking(const struct op_call *c, int result, struct outcome *o);

/* Whether any operation may be running, and was not just found asleep. */
bool exec_tasks_busy(const struct exec *x);
/* An operation that has not ended and changes @f (NULL: any file). */
struct exec_task *exec_task_pending(struct exec *x, const struct exec_file *f);
/* Applies the operations that ended since the last call to the model. */
void exec_tasks_settle(struct exec *x);
/* Waits up to the grace for all to end; returns the first that does not, or NULL. */
struct exec_task *exec_tasks_end(struct exec *x);

/* task-state.c */

/* Whether it is in a layout wait, which holds no lock that this program needs. */
struct task_sample;
bool exec_waits_for_layout(const struct task_sample *s);

/*
 * What samples of a task show: it has ended; it slept for a whole window; it used the CPU,
 * and may still have real work to do before it waits.
 */
enum sampled { SAMPLED_OVER, SAMPLED_RESTS, SAMPLED_BUSY };

/*
 * Samples @t until it has ended, sleeps or certainly spins, up to the grace. *@certain: it
 * sleeps or runs in a layout wait. @o->found says where and how; sets @t->spins.
 */
enum sampled exec_sample(struct exec *x, struct exec_task *t, bool *certain, struct outcome *o);

/*
 * The milliseconds in which a signal must end @t. It ends a sleep at once; a task that
 * spins gets as long as it was sampled to find that.
 */
uint64_t exec_signal_ms(const struct exec *x, const struct exec_task *t);

/* expect.c: operation @name, in thread @tid of @pid, has not ended after @ms. */
void exec_judge_stuck(struct exec *x, const char *name, pid_t pid, pid_t tid, uint64_t ms,
		      struct outcome *o);
/* @t, which waits, got the signal of @st, which must end it even if it need not wait. */
void exec_judge_signalled(struct exec *x, struct exec_task *t, const struct step *st,
			  struct outcome *o);
/* After all ended: an error if one slept elsewhere, as it may or may not have waited. */
void exec_judge_elsewhere(const struct exec *x, struct outcome *o);
/* Judges the @result of operation @name, 0 or -errno. */
void exec_judge_result(const char *name, int result, int expected_errno, struct outcome *o);

#endif
