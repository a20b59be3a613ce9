/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The operations of a storm. One may wait for a pin of any worker, so a worker calls none
 * itself while it holds one: two of them would wait for each other.
 */
#include "workloads/exec/storm.h"
#include "workloads/exec/tasks.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "base/task.h"
#include "workloads/model/pattern.h"

/* An operation that waits longer asks the other workers to take no new pins for a while. */
#define FAIR_NS 100000000ull

static struct timespec to_timespec(uint64_t ns)
{
	return (struct timespec){ .tv_sec = (time_t)(ns / 1000000000),
				  .tv_nsec = (long)(ns % 1000000000) };
}

static void wait_until(struct storm_worker *w, uint64_t ns)
{
	const struct timespec end = to_timespec(ns);

	pthread_cond_clockwait(&w->moved, &w->s->lock, CLOCK_MONOTONIC, &end);
}

static void *op_thread(void *arg)
{
	struct storm_worker *w = arg;
	struct storm_op *op = &w->op;
	struct storm *s = w->s;

	pthread_mutex_lock(&s->lock);
	op->tid = gettid();
	for (;;) {
		while (!op->wanted)
			pthread_cond_wait(&w->moved, &s->lock);
		if (!op->call.op)
			break;
		op->wanted = false;
		op->entered = true;
		pthread_cond_broadcast(&w->moved);
		pthread_mutex_unlock(&s->lock);
		op->entered_ns = now_ns();
		op->result = op_run(&op->call, &op->target);
		op->done_ns = now_ns();
		pthread_mutex_lock(&s->lock);
		op->done = true;
		pthread_cond_broadcast(&w->moved);
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

bool storm_op_init(struct storm_worker *w)
{
	int ret = pin_thread_create(&w->op.thread, op_thread, w);

	w->op.done = w->op.applied = true;
	if (ret)
		outcome_error(&w->o, "cannot start a thread: %s", strerror(-ret));
	return !ret;
}

void storm_op_deinit(struct storm_worker *w)
{
	pthread_mutex_lock(&w->s->lock);
	w->op.call.op = NULL;
	w->op.wanted = true;
	pthread_cond_broadcast(&w->moved);
	pthread_mutex_unlock(&w->s->lock);
	pthread_join(w->op.thread, NULL);
	free(w->op.data);
}

static void note(struct storm_worker *w, enum storm_act act)
{
	const struct op_call *c = &w->op.call;
	bool truncate = c->op == &op_truncate;

	storm_note(w, (struct storm_event){ .ns = act == STORM_DONE ? w->op.done_ns : now_ns(),
					    .act = act,
					    .id = w->op.id,
					    .off = truncate ? c->size : c->off[0],
					    .len = c->len,
					    .op = c->op,
					    .result = w->op.result });
}

void storm_op_begin(struct storm_worker *w, const struct operation *m, uint64_t off, uint64_t len,
		    uint64_t size)
{
	struct model_file *f = w->s->f->m;
	struct storm_op *op = &w->op;

	free(op->data);
	op->data = NULL;
	if (m->traits & OP_NEW_BYTES) {
		op->gen = __atomic_add_fetch(&f->gen, 1, __ATOMIC_RELAXED);
		op->data = xcalloc(1, len);
		pattern_fill(op->data, len, f->origin, op->gen, off);
	}
	op->call = (struct op_call){ .op = m, .off = { off }, .len = len, .size = size };
	op->target = (struct op_target){ .fd = { w->s->f->fd, -1 }, .data = op->data };
	op->result = 0;
	op->applied = false;
	pthread_mutex_lock(&w->s->lock);
	op->id = w->s->ids++;
	w->s->ops++;
	pthread_mutex_unlock(&w->s->lock);
	note(w, STORM_START);
	pthread_mutex_lock(&w->s->lock);
	op->entered = op->done = false;
	op->wanted = true;
	pthread_cond_broadcast(&w->moved);
	pthread_mutex_unlock(&w->s->lock);
}

void storm_op_linger(struct storm_worker *w, unsigned int us)
{
	struct storm_op *op = &w->op;
	uint64_t end;

	pthread_mutex_lock(&w->s->lock);
	while (!op->done && !op->entered)
		pthread_cond_wait(&w->moved, &w->s->lock);
	end = now_ns() + us * 1000ull;
	while (!op->done && now_ns() < end)
		wait_until(w, end);
	pthread_mutex_unlock(&w->s->lock);
}

bool storm_op_is_done(struct storm_worker *w)
{
	bool done;

	pthread_mutex_lock(&w->s->lock);
	done = w->op.done;
	pthread_mutex_unlock(&w->s->lock);
	return done;
}

/*
 * In some kernels a page that was stored to while an operation waited for it does not get
 * idle again, and the wait goes on, until the page is unmapped.
 */
static void unstick(struct storm *s)
{
	s->unstuck++;
	pthread_mutex_unlock(&s->lock);
	for (unsigned int i = 0; i < s->n; i++)
		madvise(s->w[i].map->addr, s->w[i].len, MADV_DONTNEED);
	pthread_mutex_lock(&s->lock);
}

/* Under the lock. False: no pin has been held for the grace, and it has not ended. */
static bool wait_for_end(struct storm_worker *w)
{
	struct storm *s = w->s;
	uint64_t grace = s->x->grace_ms * 1000000, window = s->x->window_ms * 1000000;
	uint64_t from = now_ns(), next = from + window, now, idle;
	bool calm = false;

	while (!w->op.done) {
		now = now_ns();
		idle = s->live ? now : MAX(s->idle_ns, from);
		if (now >= idle + grace)
			break;
		if (!calm && now >= from + FAIR_NS) {
			calm = true;
			s->calm++;
		}
		if (now >= next && now >= idle + window && s->st->storm.unstick)
			unstick(s);
		if (now >= next)
			next = now + window;
		else
			wait_until(w, next);
	}
	s->calm -= calm;
	if (calm)
		pthread_cond_broadcast(&s->turn);
	return w->op.done;
}

/* Of the operations that do not end, one in a layout wait; others may queue behind it. */
static struct storm_worker *culprit(struct storm_worker *w)
{
	struct storm *s = w->s;

	for (unsigned int i = 0; i <= s->n; i++) {
		struct task_sample sample;

		if (!storm_op_is_done(&s->w[i]) &&
		    task_sample(getpid(), s->w[i].op.tid, &sample) == 0 &&
		    exec_waits_for_layout(&sample))
			return &s->w[i];
	}
	return w;
}

bool storm_op_end(struct storm_worker *w)
{
	struct storm_worker *stuck;
	bool ended;

	pthread_mutex_lock(&w->s->lock);
	ended = wait_for_end(w);
	pthread_mutex_unlock(&w->s->lock);
	if (!ended) {
		stuck = culprit(w);
		exec_judge_stuck(w->s->x, stuck->op.call.op->name, getpid(), stuck->op.tid,
				 w->s->x->grace_ms, &w->o);
		w->s->culprit = stuck;
		return false;
	}
	note(w, STORM_DONE);
	exec_judge_result(w->op.call.op->name, w->op.result, 0, &w->o);
	return w->o.status == STEP_OK;
}

bool storm_op_waited(struct storm_worker *w, const struct storm_worker *holder,
		     uint64_t released_ns)
{
	const struct storm_op *op = &w->op;

	if (!storm_op_is_done(w) || op->done_ns >= released_ns)
		return true;
	outcome_fail(&w->o, RULE_CONTRACT_WAITS, "waits for the pages that are held",
		     "'%s' of offset %#llx, length %#llx returned %s after %.1f ms, while 'p%u' "
		     "(%s) stood",
		     op->call.op->name, (unsigned long long)op->call.off[0],
		     (unsigned long long)op->call.len,
		     op->result ? errno_name(-op->result) : "success",
		     (double)(op->done_ns - op->entered_ns) / 1e6, holder->pin_event,
		     holder->pin->pin.name);
	return false;
}
