/* SPDX-License-Identifier: GPL-2.0-only */
/* The single acts of a storm's worker, and their effects on the bytes it must see. */
#include "workloads/exec/storm.h"
#include "workloads/exec/files.h"
#include "workloads/exec/maps.h"
#include "workloads/exec/pins.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "workloads/model/pattern.h"

#define RAM_DISKS 16u /* odirect selects one by the pin's id */

void storm_note(struct storm_worker *w, struct storm_event e)
{
	struct storm *s = w->s;

	e.worker = w->number;
	e.round = w->round;
	pthread_mutex_lock(&s->lock);
	if (!s->finder)
		storm_log_add(&s->log, &e);
	pthread_mutex_unlock(&s->lock);
}

void storm_tell(struct storm_worker *w)
{
	struct storm *s = w->s;

	pthread_mutex_lock(&s->lock);
	s->stop = true;
	s->stuck |= w->o.hung;
	if (!s->finder)
		s->finder = w;
	pthread_cond_broadcast(&s->turn);
	pthread_mutex_unlock(&s->lock);
}

/* Expects the bytes of @p in [off, off + len) of the file; its off and len are not read. */
static void set_bytes(struct storm_worker *w, uint64_t off, uint64_t len, const struct piece *p)
{
	shadow_set(&w->bytes, off - w->off, len, p);
}

/* A device that writes at the same time may have written its lanes before or after. */
static void spoil_lanes(struct storm_worker *w, uint64_t off, uint64_t len)
{
	const struct exec_pin *p = w->pin;
	struct piece lane = { .kind = p->live ? PIECE_DMA : PIECE_ANY,
			      .origin = ORIGIN_PIN + p->pin.id };

	for (uint64_t page = 0; (p->traits & PIN_DMA_WRITES) && page < p->pin.len;
	     page += PIN_PAGE) {
		uint64_t at = p->off + page + PIN_PAGE - PIN_LANE;

		lane.src = page + PIN_PAGE - PIN_LANE;
		if (at < off + len && off < at + PIN_LANE)
			set_bytes(w, at, PIN_LANE, &lane);
	}
}

static void put(struct storm_worker *w, uint64_t off, uint64_t len, const struct piece *p)
{
	set_bytes(w, off, len, p);
	if (w->pin->live)
		spoil_lanes(w, off, len);
}

void storm_apply(struct storm_worker *w)
{
	const struct op_call *c = &w->op.call;
	struct piece p = { .kind = PIECE_ZERO };

	if (w->op.applied || w->op.result)
		return;
	w->op.applied = true;
	if (c->op == &op_falloc)
		return;
	if (!(c->op->traits & OP_NEW_BYTES)) {
		set_bytes(w, c->off[0], c->len, &p);
		return;
	}
	p = (struct piece){
		.kind = PIECE_DATA, .origin = w->s->f->m->origin, .gen = w->op.gen, .src = c->off[0]
	};
	set_bytes(w, c->off[0], c->len, &p);
	/* the device of this round's pin may or may not have been the last to write there */
	spoil_lanes(w, c->off[0], c->len);
}

bool storm_store(struct storm_worker *w, uint64_t off, uint64_t len)
{
	struct model_file *f = w->s->f->m;
	unsigned int gen = __atomic_add_fetch(&f->gen, 1, __ATOMIC_RELAXED);
	struct piece data = { .kind = PIECE_DATA, .origin = f->origin, .gen = gen, .src = off };
	void *bytes = xcalloc(1, len);

	storm_note(w, (struct storm_event){
			      .ns = now_ns(), .act = STORM_TOUCH, .off = off, .len = len });
	pattern_fill(bytes, len, f->origin, gen, off);
	if (exec_map_copy(w->map->addr + (off - w->off), bytes, len))
		put(w, off, len, &data);
	else
		outcome_fail(&w->o, RULE_CONTENT_MAP, "the store succeeds",
			     "SIGBUS in offset %#llx, length %#llx", (unsigned long long)off,
			     (unsigned long long)len);
	free(bytes);
	return w->o.status == STEP_OK;
}

/* An id of no other held pin, nor of its RAM disk, nor of the ledger's last look here. */
static unsigned int choose_id(struct storm_worker *w)
{
	struct exec *x = w->s->x;
	unsigned int id;
	bool taken;

	do {
		id = x->pins_made++ % (ORIGIN_STALE - ORIGIN_PIN);
		taken = id == w->looked_id;
		for (unsigned int i = 0; i < x->nr_pins; i++)
			taken |= &x->pins[i] != w->pin && x->pins[i].live &&
				 x->pins[i].pin.id % RAM_DISKS == id % RAM_DISKS;
	} while (taken);
	return id;
}

static void prepare(struct storm_worker *w, const struct pin_info *kind, uint64_t off, uint64_t len)
{
	const struct case_ctx *ctx = w->s->x->ctx;
	bool sabotaged = ctx->sabotage == SABOTAGE_NO_PIN;
	struct exec_pin *p = w->pin;

	memset(p, 0, sizeof(*p));
	p->pin.kind = pin_kind_find(sabotaged ? "null" : kind->name);
	p->pin.ctx = ctx;
	p->pin.name = kind->name;
	p->pin.id = choose_id(w);
	p->pin.addr = w->map->addr + (off - w->off);
	p->pin.len = len;
	p->file = w->s->f;
	p->off = off;
	p->traits = sabotaged ? 0 : kind->traits;
	p->live = true; /* reserves its id */
}

/* Sets the lanes of the pin's device, if it has one. */
static void set_lanes(struct storm_worker *w, enum piece_kind kind, unsigned int gen)
{
	const struct exec_pin *p = w->pin;
	struct piece lane = { .kind = kind, .origin = ORIGIN_PIN + p->pin.id, .gen = gen & 0xffff };

	for (uint64_t page = 0; (p->traits & PIN_DMA_WRITES) && page < p->pin.len;
	     page += PIN_PAGE) {
		lane.src = page + PIN_PAGE - PIN_LANE;
		set_bytes(w, p->off + lane.src, PIN_LANE, &lane);
	}
}

static void count(struct storm *s, int n)
{
	pthread_mutex_lock(&s->lock);
	s->live += (unsigned int)n;
	s->pins += n > 0;
	if (!s->live)
		s->idle_ns = now_ns();
	pthread_mutex_unlock(&s->lock);
}

static void note_pin(struct storm_worker *w, enum storm_act act)
{
	storm_note(w, (struct storm_event){ .ns = now_ns(),
					    .act = act,
					    .id = w->pin_event,
					    .off = w->pin->off,
					    .len = w->pin->pin.len,
					    .pin = pin_info_find(w->pin->pin.name) });
}

bool storm_pin(struct storm_worker *w, const struct pin_info *kind, uint64_t off, uint64_t len)
{
	bool gate = kind->traits & PIN_NEEDS_GATE;
	struct exec_pin *p = w->pin;
	struct storm *s = w->s;
	int ret;

	pthread_mutex_lock(&s->lock);
	prepare(w, kind, off, len);
	w->pin_event = s->ids++;
	pthread_mutex_unlock(&s->lock);
	count(s, 1);
	if (gate)
		pthread_mutex_lock(&s->gate);
	ret = p->pin.kind->take(&p->pin);
	if (gate)
		pthread_mutex_unlock(&s->gate);
	if (ret) {
		p->live = false;
		count(s, -1);
		outcome_error(&w->o, "a pin (%s) was not granted: %s: %s", kind->name,
			      errno_name(-ret), p->pin.why);
		return false;
	}
	note_pin(w, STORM_PIN);
	set_lanes(w, PIECE_DMA, 0);
	if (p->traits & PIN_DMA_WRITES)
		pin_wait_rounds(&p->pin, 0, 1, now_ns() + s->x->grace_ms * 1000000);
	return true;
}

/* Reports a DMA fault: wrong bytes and refused access fail the kernel, others are errors. */
static void judge(struct storm_worker *w, int ret)
{
	const struct pin *p = &w->pin->pin;

	if (ret == -EILSEQ || ret == -EFAULT)
		outcome_fail(&w->o, RULE_CONTENT_PIN, "DMA goes on undisturbed",
			     "pin 'p%u': %s: %s", w->pin_event, errno_name(-ret), p->why);
	else if (ret)
		outcome_error(&w->o, "pin 'p%u' (%s): %s: %s", w->pin_event, p->kind->name,
			      errno_name(-ret), p->why);
}

static void compare_pin(struct storm_worker *w, const struct shadow *want)
{
	char what[64];

	snprintf(what, sizeof(what), "pin 'p%u'", w->pin_event);
	exec_compare(w->s->x, want, 0, w->seen, w->pin->pin.len, false, what, RULE_CONTENT_PIN,
		     &w->o);
}

/* The bytes that the pin must show; where a running write overlaps it, they are unknown. */
static void expect(struct storm_worker *w, struct shadow *want)
{
	struct piece any = { .kind = PIECE_ANY };
	const struct storm_op *op = &w->op;
	const struct exec_pin *p = w->pin;
	uint64_t from, to;

	*want = (struct shadow)SHADOW_INIT;
	shadow_copy(want, 0, &w->bytes, p->off - w->off, p->pin.len);
	if (op->applied || !(op->call.op->traits & OP_NEW_BYTES))
		return;
	from = MAX(op->call.off[0], p->off);
	to = MIN(op->call.off[0] + op->call.len, p->off + p->pin.len);
	if (from < to)
		shadow_set(want, from - p->off, to - from, &any);
}

bool storm_look(struct storm_worker *w)
{
	struct exec_pin *p = w->pin;
	struct shadow want;
	int ret;

	if (!p->pin.kind->look)
		return true;
	ret = p->pin.kind->look(&p->pin, w->seen);
	judge(w, ret);
	expect(w, &want);
	if (!ret)
		compare_pin(w, &want);
	shadow_deinit(&want);
	return w->o.status == STEP_OK;
}

bool storm_unpin(struct storm_worker *w)
{
	struct exec_pin *p = w->pin;
	struct shadow want;
	int ret = 0;

	note_pin(w, STORM_UNPIN);
	if (w->s->x->ctx->sabotage != SABOTAGE_NO_UNPIN)
		ret = p->pin.kind->release(&p->pin, w->seen);
	judge(w, ret);
	set_lanes(w, PIECE_DATA, p->pin.dma_gen);
	expect(w, &want);
	if (!ret && p->traits && w->s->x->ctx->sabotage != SABOTAGE_NO_UNPIN)
		compare_pin(w, &want);
	shadow_deinit(&want);
	p->live = false;
	count(w->s, -1);
	return w->o.status == STEP_OK;
}

static void check_read(struct storm_worker *w, uint64_t off, uint64_t len)
{
	ssize_t got = pread(w->s->f->fd, w->seen, len, (off_t)off);
	char what[64];

	if (got != (ssize_t)len)
		outcome_fail(&w->o, RULE_CONTENT_FILE, "all bytes of the file",
			     "read(2) at %#llx: %s", (unsigned long long)off,
			     got < 0 ? errno_name(errno) : "too few");
	snprintf(what, sizeof(what), "file '%.20s' behind %#llx:", w->s->f->name,
		 (unsigned long long)w->off);
	exec_compare(w->s->x, &w->bytes, off - w->off, w->seen, len, false, what, RULE_CONTENT_FILE,
		     &w->o);
}

bool storm_check(struct storm_worker *w, uint64_t off, uint64_t len, bool read)
{
	char what[64];

	storm_note(w, (struct storm_event){
			      .ns = now_ns(), .act = STORM_CHECK, .off = off, .len = len });
	snprintf(what, sizeof(what), "mapping '%s'", w->map->name);
	if (!exec_map_copy(w->seen, w->map->addr + (off - w->off), len))
		outcome_fail(&w->o, RULE_CONTENT_MAP, "the bytes can be read",
			     "SIGBUS in offset %#llx, length %#llx", (unsigned long long)off,
			     (unsigned long long)len);
	else
		exec_compare(w->s->x, &w->bytes, off - w->off, w->seen, len, false, what,
			     RULE_CONTENT_MAP, &w->o);
	if (read && w->o.status == STEP_OK)
		check_read(w, off, len);
	return w->o.status == STEP_OK;
}
