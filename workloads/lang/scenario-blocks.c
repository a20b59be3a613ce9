/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/lang/parser.h"

struct err *step_repeat(struct parser *p, struct step *st)
{
	struct err *err;
	uint64_t n;

	if (p->names.in_block)
		return line_error(&p->line,
				  "a block cannot hold another; that of line %u has no "
				  "'end'",
				  p->block_line);
	err = line_size(&p->line, "a number of rounds", &n);
	if (!err && (!n || n > SCENARIO_ROUNDS_MAX))
		err = line_error(&p->line, "expected 1 to %u rounds", SCENARIO_ROUNDS_MAX);
	if (err)
		return err;
	st->rounds = (unsigned int)n;
	p->block = p->s->nr_steps - 1;
	p->block_line = p->line.number;
	names_begin(&p->names);
	return NULL;
}

struct err *step_end(struct parser *p, struct step *st)
{
	if (!p->names.in_block)
		return line_error(&p->line, "no 'repeat' before this 'end'");
	if (st == &p->s->steps[p->block + 1])
		return line_error(&p->line, "the block of line %u has no steps", p->block_line);
	p->s->steps[p->block].block_end = p->s->nr_steps - 1;
	return names_end(&p->names, &p->line);
}

/* A step that samples a task for a while before it judges, and any other step. */
#define LOOK_MS 150
#define STEP_MS 2
/* ms allowed per ms of a storm: its checks, and the work after its end, take time too. */
#define STORM_FACTOR 4
/* The upper limit, however large the block is. */
#define BLOCKS_MS_MAX (10u * 3600 * 1000)

static uint64_t step_ms(const struct step *st)
{
	bool looks = st->verb == STEP_SETTLE ||
		     (st->verb == STEP_EXPECT && st->expect == EXPECT_BLOCKS);

	if (st->verb == STEP_STORM)
		return st->storm.ms * STORM_FACTOR;
	if (st->verb == STEP_PROGRAM)
		return st->within_ms;
	return looks ? LOOK_MS : STEP_MS;
}

static uint64_t round_ms(const struct scenario *s, unsigned int repeat)
{
	uint64_t ms = 0;

	for (unsigned int i = repeat + 1; i < s->steps[repeat].block_end; i++)
		ms += step_ms(&s->steps[i]);
	return ms;
}

uint64_t scenario_blocks_ms(const struct scenario *s)
{
	uint64_t ms = 0;

	for (unsigned int i = 0; i < s->nr_steps; i++) {
		const struct step *st = &s->steps[i];

		if (st->verb == STEP_STORM || st->verb == STEP_PROGRAM)
			ms += step_ms(st);
		if (st->verb != STEP_REPEAT)
			continue;
		ms += st->rounds * round_ms(s, i);
		i = st->block_end;
	}
	return MIN(ms, BLOCKS_MS_MAX);
}
