/* SPDX-License-Identifier: GPL-2.0-only */
/* What the leader of a storm does while all workers stop: nothing else uses the file then. */
#include "workloads/exec/storm.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "workloads/oracles/oracle.h"

static struct storm_worker *leader(struct storm *s)
{
	return &s->w[s->n];
}

static bool tell(struct storm_worker *w)
{
	if (w->o.status != STEP_OK)
		storm_tell(w);
	return w->o.status == STEP_OK;
}

static void check_size(struct storm *s)
{
	struct stat sb;

	if (fstat(s->f->fd, &sb))
		outcome_error(&leader(s)->o, "fstat: %s", strerror(errno));
	else if ((uint64_t)sb.st_size != s->f->m->size)
		outcome_fail(&leader(s)->o, RULE_CONTENT_FILE, "the size the file had",
			     "'%s' has size %lld", s->f->name, (long long)sb.st_size);
}

uint64_t storm_taint(void)
{
	struct buf text = BUF_INIT;
	struct err *err = file_read("/proc/sys/kernel/tainted", 64, &text);
	uint64_t v = err ? 0 : strtoull(buf_str(&text), NULL, 10);

	err_free(err);
	buf_deinit(&text);
	return v;
}

/* The host judges a splat; here it ends the storm, to keep the log of what led to it. */
static bool look_at_taint(struct storm *s)
{
	uint64_t now = storm_taint();

	if (!s->looks)
		s->taint = now;
	s->tainted = now != s->taint;
	return !s->tainted;
}

static void look_at_books(struct storm *s)
{
	struct storm_worker *l = leader(s);

	for (unsigned int i = 0; i < s->n; i++)
		if (s->w[i].pin->live)
			s->w[i].looked_id = s->w[i].pin->pin.id;
	oracles_tell(s->x, rest, &l->o);
}

bool storm_look_at_all(struct storm *s)
{
	struct storm_worker *l = leader(s);

	l->round++;
	if (!look_at_taint(s))
		return false;
	s->looks++;
	for (unsigned int i = 0; i < s->n; i++)
		if (!storm_check(&s->w[i], s->w[i].off, s->w[i].len, true))
			return tell(&s->w[i]);
	check_size(s);
	if (l->o.status == STEP_OK)
		look_at_books(s);
	return tell(l);
}

static bool take_pins(struct storm *s, const struct storm_turn *t)
{
	const struct pin_info *kind = NULL;

	for (unsigned int i = 0; pin_infos[i].name; i++)
		if ((s->st->storm.pins & 1u << i) && (!kind || (kind->traits & PIN_NEEDS_GATE)))
			kind = &pin_infos[i];
	for (unsigned int i = 0; i < s->n; i++) {
		struct storm_worker *w = &s->w[i];

		w->round++;
		w->pin->traits = 0;
		if ((t->pins & 1u << i) && !(storm_store(w, t->pin_off[i], t->pin_len) &&
					     storm_pin(w, kind, t->pin_off[i], t->pin_len)))
			return tell(w);
	}
	return true;
}

static void drop_pins(struct storm *s, const struct storm_turn *t)
{
	for (unsigned int i = 0; i < s->n; i++) {
		struct storm_worker *w = &s->w[(t->first + i) % s->n];
		uint64_t released = now_ns();

		if (!w->pin->live)
			continue;
		if (storm_turn_meets(t, w->number))
			storm_op_waited(leader(s), w, released);
		storm_unpin(w);
		tell(w);
	}
}

/* Applies the operation to the expected bytes; the file has its old size again. */
static void apply(struct storm *s, const struct storm_turn *t)
{
	struct shadow all = SHADOW_INIT;

	for (unsigned int i = 0; i < s->n; i++)
		shadow_copy(&all, s->w[i].off, &s->w[i].bytes, 0, s->w[i].len);
	if (t->op == &op_collapse)
		shadow_collapse(&all, t->off, t->len);
	else if (t->op == &op_insert)
		shadow_insert(&all, t->off, t->len);
	else
		shadow_resize(&all, t->size, PIECE_ZERO);
	shadow_resize(&all, s->f->m->size, PIECE_ZERO);
	for (unsigned int i = 0; i < s->n; i++)
		shadow_copy(&s->w[i].bytes, 0, &all, s->w[i].off, s->w[i].len);
	shadow_deinit(&all);
}

/* Restores the size of the file. */
static bool size_again(struct storm *s, const struct storm_turn *t)
{
	struct storm_worker *l = leader(s);

	storm_op_begin(l, &op_truncate, 0, 0, s->f->m->size);
	if (!storm_op_end(l))
		return tell(l);
	apply(s, t);
	return true;
}

static bool flush(struct storm *s)
{
	if (s->x->ctx->sabotage != SABOTAGE_NO_FLUSH && fsync(s->f->fd))
		outcome_fail(&leader(s)->o, RULE_CONTRACT_ERRNO, "fsync succeeds", "%s",
			     errno_name(errno));
	return tell(leader(s));
}

bool storm_move_all(struct storm *s, const struct storm_turn *t)
{
	struct storm_worker *l = leader(s);

	if (t->sync && !flush(s))
		return false;
	if (!t->op)
		return true;
	if (!take_pins(s, t)) {
		drop_pins(s, t);
		return false;
	}
	if (t->pins)
		look_at_books(s);
	storm_op_begin(l, t->op, t->off, t->len, t->size);
	storm_op_linger(l, t->hold_us);
	drop_pins(s, t);
	if (!storm_op_end(l))
		return tell(l);
	return tell(l) && !s->stop && size_again(s, t);
}
