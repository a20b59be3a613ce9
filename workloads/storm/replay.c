/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes a scenario of the end of a storm's log. */
#include <string.h>

#include "workloads/storm/storm.h"

/* A scenario has 64 names; the file and the mappings use some of them. */
#define OPS_MAX 16u
#define NAMES_LEFT 52u
#define EVENTS_MAX 200u
#define PLAYERS (STORM_WORKERS_MAX + 1)

struct replay {
	const struct storm_file *file;
	uint64_t range;
	const struct storm_event *v[EVENTS_MAX]; /* the events to replay, in the log's order */
	bool played[EVENTS_MAX];
	bool over[EVENTS_MAX]; /* STORM_START: the scenario has its end already */
	unsigned int n;
	unsigned int live; /* pins */
	struct buf *out;
};

static bool same_round(const struct storm_event *a, const struct storm_event *b)
{
	return a->worker == b->worker && a->round == b->round;
}

static bool is_first_of_round(const struct storm_log *log, uint64_t i)
{
	const struct storm_event *e = storm_log_at(log, i);

	for (uint64_t j = 0; j < i; j++)
		if (same_round(storm_log_at(log, j), e))
			return false;
	/* the log may have lost the beginning of its first round */
	return i || log->n <= STORM_LOG_MAX;
}

/* The first event of the longest end of the log that fits in a scenario. */
static uint64_t window_begin(const struct storm_log *log)
{
	uint64_t n = MIN(log->n, STORM_LOG_MAX), i = n;
	unsigned int ops = 0, names = 0;

	while (i && n - i < EVENTS_MAX) {
		const struct storm_event *e = storm_log_at(log, i - 1);

		ops += e->act == STORM_START;
		names += e->act == STORM_START || e->act == STORM_PIN;
		if (ops > OPS_MAX || names > NAMES_LEFT)
			break;
		i--;
	}
	return i;
}

/* Chooses the events from @from on that belong to complete rounds. */
static void choose(struct replay *r, const struct storm_log *log, uint64_t from)
{
	bool whole[PLAYERS] = { false };
	unsigned int round[PLAYERS] = { 0 };
	const struct storm_event *e;

	for (uint64_t i = from; (e = storm_log_at(log, i)) != NULL; i++) {
		if (!whole[e->worker] || round[e->worker] != e->round) {
			whole[e->worker] = is_first_of_round(log, i);
			round[e->worker] = e->round;
		}
		if (whole[e->worker])
			r->v[r->n++] = e;
	}
}

/* The index of the event that ends the pin or operation of event @i; r->n: none does. */
static unsigned int end_of(const struct replay *r, unsigned int i)
{
	enum storm_act end = r->v[i]->act == STORM_PIN ? STORM_UNPIN : STORM_DONE;
	unsigned int j = i + 1;

	while (j < r->n && !(r->v[j]->act == end && r->v[j]->id == r->v[i]->id))
		j++;
	return j;
}

static bool is_pending(const struct replay *r, unsigned int i)
{
	return r->v[i]->act == STORM_START && r->played[i] && !r->over[i];
}

static bool holds(const struct replay *r, unsigned int worker)
{
	for (unsigned int i = 0; i < r->n; i++)
		if (r->v[i]->act == STORM_PIN && r->v[i]->worker == worker && r->played[i] &&
		    (end_of(r, i) == r->n || !r->played[end_of(r, i)]))
			return true;
	return false;
}

static bool is_over(const struct replay *r, unsigned int id)
{
	for (unsigned int i = 0; i < r->n; i++)
		if (r->v[i]->act == STORM_START && r->v[i]->id == id)
			return r->over[i];
	return true;
}

static bool touches(const struct storm_event *e)
{
	return e->act == STORM_TOUCH || e->act == STORM_CHECK || e->act == STORM_PIN;
}

/*
 * Whether event @i can be written now. An operation may end only after all pins are
 * released, as current kernels wait for the whole file. So the scenario ends it after the
 * release of the last one, and delays a pin that was granted while the operation returned.
 */
static bool can_play(const struct replay *r, unsigned int i)
{
	const struct storm_event *e = r->v[i];

	/* an operation that conclude() ended has been played */
	if (e->act == STORM_DONE)
		return is_over(r, e->id);
	for (unsigned int j = 0; touches(e) && j < r->n; j++) {
		if (!is_pending(r, j))
			continue;
		if (r->file->unstick && !holds(r, e->worker))
			return false;
		if (e->act == STORM_PIN && r->v[j]->worker != e->worker &&
		    end_of(r, j) < end_of(r, i))
			return false;
	}
	return true;
}

/* The first event that is the next of its worker and can be written; r->n: none. */
static unsigned int next(const struct replay *r)
{
	bool behind[PLAYERS] = { false };

	for (unsigned int i = 0; i < r->n; i++) {
		if (r->played[i] || behind[r->v[i]->worker])
			continue;
		if (can_play(r, i))
			return i;
		behind[r->v[i]->worker] = true;
	}
	return r->n;
}

static void add_range(const struct replay *r, const struct storm_event *e)
{
	unsigned int map = (unsigned int)(e->off / r->range);

	buf_addf(r->out, "w%u+%llu %llu", map, (unsigned long long)(e->off - map * r->range),
		 (unsigned long long)e->len);
}

static void play(struct replay *r, const struct storm_event *e)
{
	unsigned long long off = e->off, len = e->len;

	switch (e->act) {
	case STORM_TOUCH:
		buf_adds(r->out, "touch   ");
		add_range(r, e);
		buf_adds(r->out, " write\n");
		break;
	case STORM_PIN:
		buf_addf(r->out, "pin     p%u %s ", e->id, e->pin->name);
		add_range(r, e);
		buf_addc(r->out, '\n');
		r->live++;
		break;
	case STORM_UNPIN:
		buf_addf(r->out, "unpin   p%u\n", e->id);
		r->live--;
		break;
	case STORM_START:
		buf_addf(r->out, "start   t%u %s %s %llu", e->id, e->op->name, r->file->name, off);
		if (strchr(e->op->args, 'l'))
			buf_addf(r->out, " %llu", len);
		buf_addc(r->out, '\n');
		break;
	case STORM_DONE: /* conclude() wrote it, or its start was left out */
		break;
	case STORM_CHECK: /* only its read matters: the bytes are checked at the end */
		buf_adds(r->out, "touch   ");
		add_range(r, e);
		buf_adds(r->out, " read\n");
		break;
	}
}

/* To be called when no pin is left: expects all pending operations to complete. */
static void conclude(struct replay *r)
{
	for (unsigned int i = 0; i < r->n; i++) {
		if (!is_pending(r, i))
			continue;
		buf_addf(r->out, "expect  t%u completes\n", r->v[i]->id);
		r->over[i] = true;
		if (end_of(r, i) < r->n)
			r->played[end_of(r, i)] = true;
	}
}

/* An operation that waits for no pin ends at once, unless it queues after one that waits. */
static bool is_quick(const struct storm_event *e)
{
	return e->act == STORM_START && e->op->wait == WAIT_NEVER;
}

/* A write that could happen at any time: the bytes that a pin shows would be unknown. */
static bool is_left_out(const struct replay *r, const struct storm_event *e)
{
	bool quiet = r->file->unstick && e->act != STORM_PIN && touches(e);

	for (unsigned int i = 0; (quiet || is_quick(e)) && i < r->n; i++)
		if (is_pending(r, i))
			return true;
	return false;
}

static void play_at(struct replay *r, unsigned int i)
{
	bool left_out = is_left_out(r, r->v[i]);

	r->played[i] = true;
	if (left_out && r->v[i]->act == STORM_START)
		r->over[i] = true;
	if (left_out)
		return;
	play(r, r->v[i]);
	if (!r->live || is_quick(r->v[i]))
		conclude(r);
}

/* Releases the pins that the log does not release. */
static void play_rest(struct replay *r)
{
	for (unsigned int i = 0; i < r->n; i++)
		if (r->v[i]->act == STORM_PIN && r->played[i] &&
		    (end_of(r, i) == r->n || !r->played[end_of(r, i)]))
			buf_addf(r->out, "unpin   p%u\n", r->v[i]->id);
	conclude(r);
}

static void add_things(const struct replay *r)
{
	unsigned long long range = r->range;

	buf_addf(r->out, "file    %s %llu written\n", r->file->name,
		 (unsigned long long)r->file->size);
	for (unsigned int i = 0; i < r->file->workers; i++)
		buf_addf(r->out, "map     w%u %s %llu %llu shared rw%s\n", i, r->file->name,
			 i * range, range, storm_is_pmd(i) ? " pmd" : "");
}

void storm_replay(const struct storm_log *log, const struct storm_file *file, const char *title,
		  struct buf *out)
{
	struct replay r = { .file = file, .range = file->size / file->workers, .out = out };

	choose(&r, log, window_begin(log));
	buf_addf(out, "# %s\n", title);
	add_things(&r);
	for (unsigned int i = next(&r); i < r.n; i = next(&r))
		play_at(&r, i);
	play_rest(&r);
	for (unsigned int i = 0; i < file->workers; i++)
		buf_addf(out, "check   w%u\n", i);
	buf_addf(out, "check   %s\n", file->name);
}
