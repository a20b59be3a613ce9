/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/exec/storm.h"
#include "workloads/exec/files.h"
#include "workloads/exec/maps.h"
#include "workloads/exec/repeat.h"
#include "workloads/exec/tasks.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/task.h"
#include "workloads/oracles/oracle.h"

/* How long the workers run between two checks of everything. */
#define SLICE_NS 300000000ull
/* The time limit of a round, in graces: it also waits for operations of others. */
#define ROUND_GRACES 4
#define LOG_TEXT_MAX 60000u

static const char *const map_names[] = { "w0", "w1", "w2", "w3", "w4", "w5", "w6", "w7" };

static bool find_pins_missing(struct storm *s, struct outcome *o)
{
	char why[256];

	for (unsigned int i = 0; pin_infos[i].name; i++) {
		const struct pin_kind *kind = pin_kind_find(pin_infos[i].name);
		const char *missing = s->st->storm.pins & 1u << i ?
					      kind->missing(s->x->ctx, why, sizeof(why)) :
					      NULL;

		if (missing) {
			outcome_skip(o, "%s: %s", kind->name, missing);
			return true;
		}
	}
	return false;
}

static bool make_map(struct storm *s, struct storm_worker *w, struct outcome *o)
{
	struct step st = {
		.name = (char *)map_names[w->number],
		.other = (char *)s->f->name,
		.off = w->off,
		.len = w->len,
		.shared = true,
		.writable = true,
		.pmd = storm_is_pmd(w->number),
	};

	exec_map_create(s->x, &st, o);
	w->map = &s->x->maps[s->x->nr_maps - 1];
	return o->status == STEP_OK;
}

static bool init_worker(struct storm *s, unsigned int i, struct outcome *o)
{
	struct storm_worker *w = &s->w[i];
	uint64_t size = s->f->m->size, range = size / s->n;

	w->s = s;
	w->number = i == s->n ? STORM_LEADER : i;
	w->looked_id = UINT32_MAX;
	storm_seq_init(&w->seq, &s->st->storm, size, s->x->ctx->seed, w->number);
	pthread_cond_init(&w->moved, NULL);
	if (i < s->n) {
		struct shadow all;

		w->off = i * range;
		w->len = range;
		w->seen = xcalloc(1, range);
		w->pin = &s->x->pins[s->x->nr_pins++];
		memset(w->pin, 0, sizeof(*w->pin));
		model_file_bytes(&s->x->model, s->f->m, &all);
		shadow_copy(&w->bytes, 0, &all, w->off, w->len);
		shadow_deinit(&all);
		if (!make_map(s, w, o))
			return false;
	}
	w->started = storm_op_init(w);
	if (!w->started)
		outcome_error(o, "%s", w->o.found);
	return w->started;
}

static bool init(struct storm *s, struct exec *x, const struct step *st, struct outcome *o)
{
	s->x = x;
	s->st = st;
	s->f = exec_file(x, st->name);
	s->n = st->storm.workers;
	s->start_ns = s->idle_ns = now_ns();
	pthread_mutex_init(&s->lock, NULL);
	pthread_mutex_init(&s->gate, NULL);
	pthread_cond_init(&s->turn, NULL);
	if (find_pins_missing(s, o))
		return false;
	if (!exec_file_open(s->f) || x->nr_pins + s->n > EXEC_THINGS_MAX ||
	    x->nr_maps + s->n > EXEC_THINGS_MAX) {
		outcome_error(
			o, "cannot open '%s' for a storm, or it needs too many pins, maps or files",
			st->name);
		return false;
	}
	oracles_tell(x, spoiled, s->f, 0, s->f->m->size);
	for (unsigned int i = 0; i <= s->n; i++)
		if (!init_worker(s, i, o))
			return false;
	return true;
}

static void deinit(struct storm *s, struct mark *mark)
{
	struct exec *x = s->x;

	for (unsigned int i = 0; i <= s->n; i++) {
		struct storm_worker *w = &s->w[i];

		if (w->started)
			storm_op_deinit(w);
		shadow_deinit(&w->bytes);
		buf_deinit(&w->o.detail);
		free(w->seen);
	}
	for (; x->nr_maps > mark->maps; x->nr_maps--)
		exec_map_drop(x, &x->maps[x->nr_maps - 1]);
	x->nr_pins = mark->pins;
	free(s);
}

/* Waits until @end, or until @wanted workers have stopped, or the storm ends. */
static void wait_for(struct storm *s, uint64_t end, unsigned int wanted)
{
	const struct timespec ts = { .tv_sec = (time_t)(end / 1000000000),
				     .tv_nsec = (long)(end % 1000000000) };
	bool stop = s->stop;

	while (s->parked < wanted && s->stop == stop && now_ns() < end)
		pthread_cond_clockwait(&s->turn, &s->lock, CLOCK_MONOTONIC, &ts);
}

static void blame(struct storm *s)
{
	struct storm_worker *l = &s->w[s->n];
	uint64_t ms = s->x->grace_ms * ROUND_GRACES;
	char name[32];

	for (unsigned int i = 0; i < s->n; i++) {
		struct storm_worker *w = &s->w[i];

		if (w->stands || w->o.hung)
			continue;
		snprintf(name, sizeof(name), "worker %u", i);
		exec_judge_stuck(s->x, name, getpid(), w->tid, ms, &l->o);
		storm_tell(l);
		return;
	}
}

/* Waits until all have stopped; false: one does not, and never will. */
static bool hold_up(struct storm *s)
{
	uint64_t end = now_ns() + s->x->grace_ms * ROUND_GRACES * 1000000;
	bool still;

	pthread_mutex_lock(&s->lock);
	s->pause = true;
	pthread_cond_broadcast(&s->turn);
	while (s->parked < s->n && !s->stuck && now_ns() < end)
		wait_for(s, end, s->n);
	still = s->parked == s->n;
	pthread_mutex_unlock(&s->lock);
	if (!still && !s->stuck)
		blame(s);
	return still;
}

static void go_on(struct storm *s)
{
	pthread_mutex_lock(&s->lock);
	s->pause = false;
	pthread_cond_broadcast(&s->turn);
	pthread_mutex_unlock(&s->lock);
}

static void stop(struct storm *s)
{
	pthread_mutex_lock(&s->lock);
	s->stop = true;
	pthread_cond_broadcast(&s->turn);
	pthread_mutex_unlock(&s->lock);
}

/* False when a thread does not end. */
static bool lead(struct storm *s)
{
	uint64_t end = s->start_ns + s->st->storm.ms * 1000000, now;
	struct storm_turn t;

	do {
		now = now_ns();
		pthread_mutex_lock(&s->lock);
		wait_for(s, MIN(end, now + SLICE_NS), UINT_MAX);
		pthread_mutex_unlock(&s->lock);
		if (!hold_up(s))
			return false;
		storm_turn(&s->w[s->n].seq, &t);
		if (s->stop || !storm_look_at_all(s) || now >= end || !storm_move_all(s, &t))
			break;
		go_on(s);
	} while (!s->stop);
	stop(s);
	return hold_up(s) && !s->stuck;
}

static bool run(struct storm *s, struct outcome *o)
{
	bool ended = true;
	unsigned int i;
	int ret = 0;

	if (!storm_look_at_all(s))
		return !s->stuck;
	for (i = 0; !ret && i < s->n; i++)
		ret = pin_thread_create(&s->w[i].thread, storm_worker_thread, &s->w[i]);
	if (ret) {
		outcome_error(o, "cannot start a thread: %s", strerror(-ret));
		stop(s);
		i--;
	} else {
		ended = lead(s);
	}
	while (ended && i-- > 0)
		pthread_join(s->w[i].thread, NULL);
	return ended;
}

static void send(struct storm *s, const char *name, const struct buf *text)
{
	_cleanup_buf_ struct buf msg = BUF_INIT;

	msg_put_str(&msg, TAG_NAME, name);
	msg_put_str(&msg, TAG_TEXT, buf_str(text));
	case_send(s->x->ctx, MSG_EVIDENCE, &msg);
}

/* Saves the last events of the storm, also as a scenario. */
static void send_evidence(struct storm *s, const struct outcome *o)
{
	const struct storm_file file = { s->f->name, s->f->m->size, s->st->storm.workers,
					 s->st->storm.unstick };
	_cleanup_buf_ struct buf log = BUF_INIT;
	_cleanup_buf_ struct buf scn = BUF_INIT;
	char title[256];

	snprintf(title, sizeof(title), "what a storm did before %s, seed %llu, %.64s",
		 o->status == STEP_FAIL ? rules[o->rule].name : "the kernel was tainted",
		 (unsigned long long)s->x->ctx->seed, s->x->ctx->guest->release);
	storm_log_text(&s->log, s->start_ns, LOG_TEXT_MAX, &log);
	storm_replay(&s->log, &file, title, &scn);
	send(s, "storm.log", &log);
	send(s, "storm.scn", &scn);
}

static void take_finding(struct storm *s, struct outcome *o)
{
	const struct storm_worker *w = s->finder;
	unsigned int rounds = 0;

	for (unsigned int i = 0; i < s->n; i++)
		rounds += s->w[i].round;
	if (o->status != STEP_OK)
		return;
	snprintf(o->found, sizeof(o->found),
		 "%u rounds, %u pins, %u operations, %u looks at all, "
		 "%u waits unstuck, seed %llu",
		 rounds, s->pins, s->ops, s->looks, s->unstuck,
		 (unsigned long long)s->x->ctx->seed);
	if (!w)
		return;
	o->status = w->o.status;
	o->rule = w->o.rule;
	o->errnum = w->o.errnum;
	o->hung = w->o.hung;
	strcpy(o->expected, w->o.expected);
	buf_addf(&o->detail, "after %s\n", o->found);
	buf_add(&o->detail, buf_str(&w->o.detail), w->o.detail.len);
	if (w->number == STORM_LEADER)
		snprintf(o->found, sizeof(o->found), "with all at rest: %.440s", w->o.found);
	else
		snprintf(o->found, sizeof(o->found), "worker %u, round %u: %.440s", w->number,
			 w->round, w->o.found);
}

/* Lets the other workers end their rounds; then the ledger can judge what does not end. */
static void take_hang(struct storm *s, struct outcome *o)
{
	const struct storm_worker *w = s->culprit;
	struct task_sample sample;

	pthread_mutex_lock(&s->lock);
	wait_for(s, now_ns() + s->x->grace_ms * 1000000, s->n - 1);
	pthread_mutex_unlock(&s->lock);
	if (w && task_sample(getpid(), w->op.tid, &sample) == 0 && exec_waits_for_layout(&sample))
		oracles_tell(s->x, hang, o);
}

/* The file gets bytes that the model knows. False when a write does not end. */
static bool write_anew(struct storm *s)
{
	struct storm_worker *l = &s->w[s->n];
	struct model_file *f = s->f->m;

	l->round++;
	/* from a hole, so that it meets no page: write-over-unwritten tests the other case */
	storm_op_begin(l, &op_punch, 0, f->size, 0);
	if (!storm_op_end(l)) {
		storm_tell(l);
		return !l->o.hung;
	}
	for (unsigned int i = 0; i < s->n; i++) {
		storm_op_begin(l, &op_write, s->w[i].off, s->w[i].len, 0);
		if (!storm_op_end(l)) {
			storm_tell(l);
			return !l->o.hung;
		}
		model_file_write(&s->x->model, f, s->w[i].off, s->w[i].len, l->op.gen);
	}
	s->tainted |= storm_taint() != s->taint;
	return true;
}

/* Restores only the size: after a finding, the bytes of the file no longer matter. */
static void forget_bytes(struct storm *s, struct outcome *o)
{
	struct model_file *f = s->f->m;
	struct model_map all = { .file = f, .len = f->size, .shared = true, .writable = true };

	model_map_spoil(&s->x->model, &all, 0, f->size);
	if (ftruncate(s->f->fd, (off_t)f->size))
		outcome_error(o, "cannot give '%s' its size again: %s", f->name, strerror(errno));
}

/* On one CPU: the threads inherit it. */
static void choose_cpus(const struct storm_spec *spec, cpu_set_t *before)
{
	cpu_set_t one;

	sched_getaffinity(0, sizeof(*before), before);
	CPU_ZERO(&one);
	CPU_SET(0, &one);
	if (spec->one_cpu)
		sched_setaffinity(0, sizeof(one), &one);
}

void exec_storm(struct exec *x, const struct step *st, struct outcome *o)
{
	struct storm *s = xcalloc(1, sizeof(*s));
	cpu_set_t before;
	struct mark mark;
	bool ended = true;

	exec_mark(x, &mark);
	choose_cpus(&st->storm, &before);
	if (init(s, x, st, o))
		ended = run(s, o);
	if (ended && !s->finder && o->status == STEP_OK)
		ended = write_anew(s);
	take_finding(s, o);
	if (s->finder || s->tainted)
		send_evidence(s, o);
	sched_setaffinity(0, sizeof(before), &before);
	if (!ended) {
		take_hang(s, o);
		return; /* its threads still use it */
	}
	if (s->finder)
		forget_bytes(s, o);
	deinit(s, &mark);
}
