/* SPDX-License-Identifier: GPL-2.0-only */
/* The rounds of a storm's worker. */
#include "workloads/exec/storm.h"

#include <string.h>
#include <unistd.h>

/* True to run another round. */
static bool stand_still(struct storm_worker *w)
{
	struct storm *s = w->s;
	bool on;

	pthread_mutex_lock(&s->lock);
	while (!s->stop && (s->pause || s->calm)) {
		if (s->pause && !w->stands) {
			w->stands = true;
			s->parked++;
			pthread_cond_broadcast(&s->turn);
		}
		pthread_cond_wait(&s->turn, &s->lock);
		if (!s->pause && w->stands) {
			w->stands = false;
			s->parked--;
		}
	}
	on = !s->stop;
	pthread_mutex_unlock(&s->lock);
	return on;
}

/* What the worker does while it holds the pin; its operation, if any, has begun. */
static void with_pin(struct storm_worker *w, const struct storm_round *r)
{
	bool meets = storm_meets(r);
	uint64_t released;

	if (r->op)
		storm_op_linger(w, r->hold_us);
	if (r->look)
		storm_look(w);
	if (r->again && !meets && w->o.status == STEP_OK)
		storm_store(w, r->pin_off, r->pin_len);
	released = now_ns();
	if (storm_must_wait(r))
		storm_op_waited(w, w, released);
	if (r->op && storm_op_is_done(w))
		storm_apply(w);
	storm_unpin(w);
}

static bool run_round(struct storm_worker *w)
{
	struct storm_round r;
	bool pinned = false;

	storm_next(&w->seq, &r);
	w->pin->traits = 0; /* those of the last round, whose device has stopped */
	if (!storm_store(w, r.off, r.len))
		return false;
	if (r.pin)
		pinned = storm_store(w, r.pin_off, r.pin_len) &&
			 storm_pin(w, r.pin, r.pin_off, r.pin_len);
	if (w->o.status != STEP_OK)
		return false;
	if (r.op)
		storm_op_begin(w, r.op, r.op_off, r.op_len, 0);
	if (pinned)
		with_pin(w, &r);
	if (r.op && storm_op_end(w))
		storm_apply(w);
	if (w->o.status != STEP_OK)
		return false;
	if (r.op)
		return storm_check(w, r.op_off, r.op_len, r.read);
	return storm_check(w, w->off, w->len, r.read);
}

void *storm_worker_thread(void *arg)
{
	struct storm_worker *w = arg;
	struct storm *s = w->s;

	w->tid = gettid();
	while (stand_still(w)) {
		w->round++;
		if (!run_round(w)) {
			storm_tell(w);
			break;
		}
	}
	while (w->o.hung)
		pause();
	pthread_mutex_lock(&s->lock);
	if (!w->stands) {
		w->stands = true;
		s->parked++;
	}
	pthread_cond_broadcast(&s->turn);
	pthread_mutex_unlock(&s->lock);
	return NULL;
}
