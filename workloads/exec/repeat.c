/* SPDX-License-Identifier: GPL-2.0-only */
/* repeat ... end: many rounds, one report for each line. */
#include "workloads/exec/repeat.h"
#include "workloads/oracles/oracle.h"

#include <stdio.h>
#include <string.h>

/*
 * The outcome of one line in its last round, and its time in all rounds. The time is in
 * CPU ticks, converted by the ticks and nanoseconds of the whole block: in an emulated
 * guest, reading the clock costs as much as a system call.
 */
struct block_line {
	struct outcome o;
	uint64_t ticks;
};

struct block {
	const struct step *repeat;
	unsigned int round; /* from 0 */
	uint64_t start_ns;
	uint64_t ns; /* of the whole block, set at its end */
	uint64_t start_ticks, last_ticks;
	struct block_line *lines; /* one for each step after repeat, the last is end */
	unsigned int nr_lines;
};

/* Puts the round before what was found. */
static void name_round(const struct block *b, struct outcome *o)
{
	char found[sizeof(o->found)];

	if (o->status == STEP_OK)
		return;
	memcpy(found, o->found, sizeof(found));
	snprintf(o->found, sizeof(o->found), "round %u of %u: %.440s", b->round + 1,
		 b->repeat->rounds, found);
}

/* Ticks since the last call; 0 when the count of another CPU is lower. */
static uint64_t passed(struct block *b)
{
	uint64_t now = __builtin_ia32_rdtsc();
	uint64_t ticks = now > b->last_ticks ? now - b->last_ticks : 0;

	b->last_ticks = now;
	return ticks;
}

static uint64_t to_ns(const struct block *b, uint64_t ticks)
{
	double whole = (double)(b->last_ticks - b->start_ticks);

	return whole > 0 ? (uint64_t)((double)b->ns / whole * (double)ticks) : 0;
}

static void report_repeat(struct exec *x, const struct block *b, unsigned int rounds)
{
	struct outcome o = { .detail = BUF_INIT };

	snprintf(o.found, sizeof(o.found), "%u of %u rounds", rounds, b->repeat->rounds);
	exec_report(x, b->repeat, &o, b->ns);
}

static void stop_clock(struct block *b)
{
	if (!b->ns)
		b->ns = now_ns() - b->start_ns;
}

/* Reports repeat and the first @n lines. */
static void report_lines(struct exec *x, struct block *b, unsigned int rounds, unsigned int n)
{
	x->block = NULL;
	stop_clock(b);
	report_repeat(x, b, rounds);
	for (unsigned int i = 0; i < n; i++) {
		name_round(b, &b->lines[i].o);
		exec_report(x, b->repeat + 1 + i, &b->lines[i].o, to_ns(b, b->lines[i].ticks));
	}
}

void exec_block_before(struct exec *x, const struct step *st, struct outcome *o)
{
	struct block *b = x->block;

	report_lines(x, b, b->round, (unsigned int)(st - b->repeat) - 1);
	name_round(b, o);
}

static bool ends_case(const struct outcome *o)
{
	return o->status == STEP_SKIP || o->status == STEP_ERROR;
}

/* Runs one round; returns how many lines ran, and whether all succeeded. */
static unsigned int run_round(struct exec *x, struct block *b, struct mark *mark, bool *fine)
{
	for (unsigned int i = 0; i < b->nr_lines; i++) {
		const struct step *st = b->repeat + 1 + i;
		struct block_line *l = &b->lines[i];

		outcome_reset(&l->o);
		if (st->verb == STEP_END)
			exec_round_end(x, mark, b->round, &l->o);
		else
			exec_step(x, st, &l->o);
		l->ticks += passed(b);
		if (l->o.hung) {
			stop_clock(b);
			oracles_tell(x, step, st, &l->o);
			exec_report(x, st, &l->o, to_ns(b, l->ticks));
		}
		*fine &= l->o.status == STEP_OK;
		if (ends_case(&l->o))
			return i + 1;
	}
	return b->nr_lines;
}

static void block_deinit(struct block *b)
{
	for (unsigned int i = 0; i < b->nr_lines; i++)
		buf_deinit(&b->lines[i].o.detail);
	free(b->lines);
}

bool exec_block(struct exec *x, unsigned int repeat)
{
	const struct step *st = &x->s->steps[repeat];
	struct block b = {
		.repeat = st,
		.nr_lines = st->block_end - repeat,
		.start_ns = x->step_ns,
	};
	unsigned int came;
	struct mark mark;
	bool fine = true;

	b.lines = xcalloc(b.nr_lines, sizeof(*b.lines));
	exec_mark(x, &mark);
	b.start_ticks = b.last_ticks = __builtin_ia32_rdtsc();
	x->block = &b;
	for (;;) {
		came = run_round(x, &b, &mark, &fine);
		if (!fine || b.round + 1 == st->rounds)
			break;
		b.round++;
	}
	stop_clock(&b);
	fine = !ends_case(&b.lines[came - 1].o);
	if (came == b.nr_lines)
		oracles_tell(x, step, st + came, &b.lines[came - 1].o);
	report_lines(x, &b, b.round + fine, came);
	block_deinit(&b);
	return fine;
}
