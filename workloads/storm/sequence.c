/* SPDX-License-Identifier: GPL-2.0-only */
/* Draws from the seed what the workers and the leader of a storm do. */
#include <string.h>

#include "base/random.h"
#include "workloads/storm/storm.h"

#define PAGES_MAX 16u /* of most ranges */
/* One pin in so many needs the host to lift the gate, which stops the machine. */
#define GATE_RARE 24u

unsigned int storm_pin_bit(const char *name)
{
	for (unsigned int i = 0; pin_infos[i].name; i++)
		if (strcmp(pin_infos[i].name, name) == 0)
			return (pin_infos[i].traits & PIN_HOLDS) &&
					       !(pin_infos[i].traits & PIN_DEVDAX) ?
				       1u << i :
				       0;
	return 0;
}

/* Each is drawn as often as it is listed. */
static const struct operation *const drawn[] = { &op_punch, &op_punch, &op_punch, &op_zero,
						 &op_zero,  &op_write, &op_write, &op_falloc };

unsigned int storm_op_bit(const char *name)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(drawn); i++)
		if (strcmp(drawn[i]->name, name) == 0)
			return 1u << i;
	return 0;
}

/* The operations of the leader; NULL: none. */
static const struct operation *const turns[] = { NULL, &op_collapse, &op_insert, &op_truncate };

unsigned int storm_needs(const struct storm_spec *spec)
{
	unsigned int needs = 0;

	for (unsigned int i = 0; i < ARRAY_SIZE(drawn); i++)
		if (spec->ops & storm_op_bit(drawn[i]->name))
			needs |= drawn[i]->needs;
	for (unsigned int i = 0; i < ARRAY_SIZE(turns); i++)
		needs |= turns[i] ? turns[i]->needs : 0;
	return needs;
}

static uint64_t roll(struct storm_seq *q, uint64_t n)
{
	return random_next(&q->state) % n;
}

void storm_seq_init(struct storm_seq *q, const struct storm_spec *spec, uint64_t size,
		    uint64_t seed, unsigned int worker)
{
	bool leader = worker == STORM_LEADER;
	uint64_t len = leader ? size : size / spec->workers;

	*q = (struct storm_seq){ .state = seed,
				 .base = leader ? 0 : worker * len,
				 .len = len,
				 .pins = spec->pins,
				 .ops = spec->ops,
				 .workers = spec->workers };
	q->state = roll(q, UINT64_MAX) ^ (worker + 1) * 0xd1342543de82ef95ull;
}

static const struct pin_info *draw_pin(struct storm_seq *q)
{
	const struct pin_info *quick[8], *slow[8];
	unsigned int nr_quick = 0, nr_slow = 0;
	bool rare = !roll(q, GATE_RARE);

	for (unsigned int i = 0; pin_infos[i].name; i++) {
		if (!(q->pins & 1u << i))
			continue;
		if (pin_infos[i].traits & PIN_NEEDS_GATE)
			slow[nr_slow++] = &pin_infos[i];
		else
			quick[nr_quick++] = &pin_infos[i];
	}
	if (nr_slow && (rare || !nr_quick))
		return slow[roll(q, nr_slow)];
	return quick[roll(q, nr_quick)];
}

/* Draws some whole pages of the worker's range. */
static void draw_range(struct storm_seq *q, uint64_t *off, uint64_t *len)
{
	*len = PAGE * (1 + roll(q, PAGES_MAX));
	*off = q->base + PAGE * roll(q, (q->len - *len) / PAGE + 1);
}

/* Draws a range that has at least one page in common with [off, off + len). */
static void draw_near(struct storm_seq *q, uint64_t off, uint64_t len, uint64_t *out,
		      uint64_t *out_len)
{
	uint64_t n = PAGE * (1 + roll(q, PAGES_MAX));
	uint64_t from = off + PAGE * roll(q, (n + len) / PAGE - 1);
	uint64_t end = MIN(from + PAGE, q->base + q->len);

	/* @from is the offset of its last page */
	*out = end >= q->base + n ? end - n : q->base;
	*out_len = end - *out;
}

/* Cuts parts of the first and the last page off the range. */
static void fray(struct storm_seq *q, uint64_t *off, uint64_t *len)
{
	uint64_t front = roll(q, PAGE), back = roll(q, PAGE);

	if (*len <= PAGE)
		back = roll(q, PAGE - front);
	*off += front;
	*len -= front + back;
}

static void draw_op(struct storm_seq *q, struct storm_round *r)
{
	const struct operation *ops[ARRAY_SIZE(drawn)];
	unsigned int n = 0;

	for (unsigned int i = 0; i < ARRAY_SIZE(drawn); i++)
		if (q->ops & storm_op_bit(drawn[i]->name))
			ops[n++] = drawn[i];
	r->op = ops[roll(q, n)];
	if (!roll(q, 24)) {
		r->op_off = q->base;
		r->op_len = q->len;
	} else if (r->pin && roll(q, 3)) {
		draw_near(q, r->pin_off, r->pin_len, &r->op_off, &r->op_len);
	} else {
		draw_range(q, &r->op_off, &r->op_len);
	}
	if (!roll(q, 4))
		fray(q, &r->op_off, &r->op_len);
}

static unsigned int draw_hold(struct storm_seq *q)
{
	static const unsigned int us[] = { 0, 500, 2000, 2000, 8000 };

	return us[roll(q, ARRAY_SIZE(us))];
}

void storm_next(struct storm_seq *q, struct storm_round *r)
{
	*r = (struct storm_round){ .pin = NULL };
	draw_range(q, &r->off, &r->len);
	if (roll(q, 8)) {
		r->pin = draw_pin(q);
		draw_range(q, &r->pin_off, &r->pin_len);
	}
	if (roll(q, 6))
		draw_op(q, r);
	r->look = !roll(q, 3);
	r->again = !roll(q, 3);
	r->read = !roll(q, 4);
	r->hold_us = draw_hold(q);
}

static uint64_t down(uint64_t off)
{
	return off / PAGE * PAGE;
}

bool storm_meets(const struct storm_round *r)
{
	return r->pin && r->op && down(r->op_off) < r->pin_off + r->pin_len &&
	       r->pin_off < down(r->op_off + r->op_len + PAGE - 1);
}

bool storm_must_wait(const struct storm_round *r)
{
	return storm_meets(r) && r->op->wait == WAIT_MUST &&
	       down(r->op_off + PAGE - 1) < down(r->op_off + r->op_len);
}

static void draw_turn_pins(struct storm_seq *q, struct storm_turn *t)
{
	uint64_t range = q->len / q->workers;

	t->pins = (unsigned int)roll(q, 1u << q->workers);
	t->pin_len = PAGE * (1 + roll(q, PAGES_MAX));
	t->first = (unsigned int)roll(q, q->workers);
	for (unsigned int i = 0; i < q->workers; i++)
		t->pin_off[i] = i * range + PAGE * roll(q, (range - t->pin_len) / PAGE + 1);
}

void storm_turn(struct storm_seq *q, struct storm_turn *t)
{
	const struct operation *op = turns[roll(q, ARRAY_SIZE(turns))];

	*t = (struct storm_turn){ .sync = !roll(q, 2) };
	t->op = op;
	draw_turn_pins(q, t);
	t->len = PAGE * (1 + roll(q, PAGES_MAX));
	t->off = PAGE * roll(q, (q->len - t->len) / PAGE);
	t->size = roll(q, 4) ? PAGE * roll(q, q->len / PAGE) : roll(q, q->len);
	t->hold_us = draw_hold(q);
	if (!t->op || !roll(q, 3))
		t->pins = 0;
}

bool storm_turn_meets(const struct storm_turn *t, unsigned int n)
{
	bool truncate = t->op == &op_truncate;

	return t->op && (t->pins & 1u << n) &&
	       down(truncate ? t->size : t->off) < t->pin_off[n] + t->pin_len;
}
