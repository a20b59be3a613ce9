/* SPDX-License-Identifier: GPL-2.0-only */
/* When a block counts as free under a held page, on a made-up namespace that changes meanwhile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/arch.h"
#include "workloads/oracles/held.h"

#define FIRST 0x100000ull
#define HELD_AT 32 /* the page that is held, or the first of the large folio */

/* Each string tells the answers to the questions of one kind, in their order; the last one stays. */
static const struct row {
	const char *what;
	const char *held;  /* references beyond the mappings; '-': unknown */
	const char *free;  /* 1: its first page is free; 2: all of it is; '-': unknown */
	const char *still; /* 1: nobody ran */
	unsigned int looks;
	bool large;
	enum held_answer want; /* of the last look */
	unsigned int stops;
} rows[] = {
	{ "held, and free", "1", "1", "1", 2, .want = HELD_FREED },
	{ "nothing is held", "0", "1", "1", 2, .want = HELD_NONE },
	{ "one look alone", "1", "1", "1", 1, .want = HELD_OWNED },
	{ "held, and a file owns the block", "1", "0", "1", 4, .want = HELD_OWNED },
	{ "let go before the second look", "10", "1", "1", 2, .want = HELD_NONE },
	{ "held anew by more", "12", "1", "1", 2, .want = HELD_OWNED },
	{ "held anew, but free in the next two looks", "122", "1", "1", 3, .want = HELD_FREED },
	{ "the block has a file at the second question", "1", "10", "1", 2, .want = HELD_OWNED },
	{ "the block has a file at the third question", "1", "110", "1", 2, .want = HELD_OWNED },
	{ "let go while it was asked", "110", "1", "1", 2, .want = HELD_OWNED },
	{ "held by another while it was asked", "112", "1", "1", 2, .want = HELD_OWNED },
	{ "the program runs, and stops", "1", "1", "01", 2, .want = HELD_FREED, .stops = 1 },
	{ "the program cannot be stopped", "1", "1", "0", 2, .want = HELD_OWNED, .stops = 1 },
	{ "the block has a file once the program stops", "1", "1110", "01", 2, .want = HELD_OWNED,
	  .stops = 1 },
	{ "let go once the program stops", "1110", "1", "01", 2, .want = HELD_OWNED, .stops = 1 },
	{ "a large folio, free in part", "1", "1", "1", 2, .large = true, .want = HELD_OWNED },
	{ "a large folio, all free", "1", "2", "1", 2, .large = true, .want = HELD_FREED },
	{ "struct pages cannot be read", "-", "1", "1", 2, .want = HELD_UNKNOWN },
	{ "nor in the middle", "11-", "1", "1", 2, .want = HELD_UNKNOWN },
	{ "free space cannot be read", "1", "-", "1", 2, .want = HELD_UNKNOWN },
	{ "nor in the middle", "1", "1-", "1", 2, .want = HELD_UNKNOWN },
};

struct fake {
	const struct row *row;
	unsigned int held, free, still, begun, stops;
};

static char answer(const char *answers, unsigned int *asked)
{
	char c = answers[*asked];

	*asked += answers[*asked + 1] != '\0';
	return c;
}

static bool fake_held(void *arg, uint64_t pfn, uint64_t count, struct held_list *out)
{
	struct fake *f = arg;
	char c = answer(f->row->held, &f->held);

	out->n = 0;
	assert_true(pfn >= FIRST && count);
	if (c > '0')
		out->v[out->n++] = (struct ledger_held){ FIRST + HELD_AT, 1, (uint32_t)(c - '0'), 0,
							 f->row->large };
	/* a page that is always held and whose block is a file's */
	out->v[out->n++] = (struct ledger_held){ FIRST + 100, 1, 1, 0, false };
	if (c == '0')
		out->n = 0;
	return c != '-';
}

static int fake_free(void *arg, const struct extent *e, struct extent *out)
{
	struct fake *f = arg;
	char c;

	if (e->at != HELD_AT * PAGE)
		return 0;
	c = answer(f->row->free, &f->free);
	*out = (struct extent){ e->at, c == '2' ? e->len : PAGE };
	return c == '-' ? -1 : c != '0';
}

static void fake_wait(void *arg)
{
	(void)arg;
}

static void fake_begin(void *arg, bool stop)
{
	struct fake *f = arg;

	f->begun++;
	f->stops += stop;
}

static bool fake_end(void *arg)
{
	struct fake *f = arg;

	f->begun--;
	return answer(f->row->still, &f->still) == '1';
}

static void looks(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *r = &rows[i];
		struct fake f = { .row = r };
		const struct held_view view = { FIRST,	    fake_held, fake_free, fake_wait,
						fake_begin, fake_end,  &f };
		_cleanup_free_ struct held_list *last = xcalloc(1, sizeof(*last));
		enum held_answer got = HELD_NONE;
		struct ledger_held out = { 0 };

		for (unsigned int look = 0; look < r->looks; look++)
			got = held_look(&view, FIRST, 1000, last, &out);
		if (got != r->want || f.stops != r->stops || f.begun)
			fail_msg("%s: %d, stopped %u times", r->what, got, f.stops);
		if (got == HELD_FREED && (out.pfn != FIRST + HELD_AT || out.refs != last->v->refs))
			fail_msg("%s: page %llx", r->what, (unsigned long long)out.pfn);
	}
}

/* Runs that overlap in part: what both looks have counts, and what of it is free is told. */
static bool run_held(void *arg, uint64_t pfn, uint64_t count, struct held_list *out)
{
	const struct ledger_held *const *looks = arg;
	unsigned int i = count < 1000 ? 1 : pfn == FIRST ? 0 : 1;

	*out = (struct held_list){ .v = { looks[i][0], looks[i][1] }, .n = 2 };
	return true;
}

static int run_free(void *arg, const struct extent *e, struct extent *out)
{
	(void)arg;
	*out = (struct extent){ 14 * PAGE, 2 * PAGE };
	return e->at <= out->at && e->at + e->len >= out->at + out->len;
}

static void fake_always(void *arg, bool stop)
{
	(void)arg, (void)stop;
}

static bool fake_true(void *arg)
{
	(void)arg;
	return true;
}

static void runs(void **state)
{
	static const struct ledger_held first[] = { { FIRST + 2, 20, 5, 0, false },
						    { FIRST + 30, 4, 7, 0, false } };
	static const struct ledger_held second[] = { { FIRST + 10, 22, 5, 0, false },
						     { FIRST + 32, 8, 7, 0, false } };
	const struct ledger_held *both[] = { first, second };
	const struct held_view view = { FIRST,	     run_held,	run_free, fake_wait,
					fake_always, fake_true, both };
	_cleanup_free_ struct held_list *last = xcalloc(1, sizeof(*last));
	struct ledger_held out;

	(void)state;
	assert_int_equal(held_look(&view, FIRST, 1000, last, &out), HELD_OWNED);
	assert_int_equal(held_look(&view, FIRST + 1, 1000, last, &out), HELD_FREED);
	assert_int_equal(out.pfn, FIRST + 14);
	assert_int_equal(out.count, 2);
	assert_int_equal(out.refs, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(looks),
		cmocka_unit_test(runs),
	};

	return cmocka_run_group_tests_name("held", tests, NULL, NULL);
}
