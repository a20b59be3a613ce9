/* SPDX-License-Identifier: GPL-2.0-only */
/* The pure part of storms: what is drawn, what is logged, and the scenario made of the log. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "workloads/model/derive.h"
#include "workloads/storm/storm.h"

#define SIZE (8ull << 20)
#define ROUNDS 3000

static struct storm_spec spec(void)
{
	return (struct storm_spec){ .ms = 1000,
				    .workers = 4,
				    .ops = STORM_OPS_ALL,
				    .pins = storm_pin_bit("vmsplice") | storm_pin_bit("rdma") };
}

/* The place in the range, not in the file. */
static bool same(const struct storm_round *a, const struct storm_round *b)
{
	uint64_t range = SIZE / 4;

	return a->off % range == b->off % range && a->len == b->len && a->pin == b->pin &&
	       a->pin_off % range == b->pin_off % range && a->pin_len == b->pin_len &&
	       a->op == b->op && a->op_off % range == b->op_off % range && a->op_len == b->op_len &&
	       a->look == b->look && a->again == b->again && a->read == b->read &&
	       a->hold_us == b->hold_us;
}

/* The number of rounds at the beginning that are the same. */
static unsigned int equal_rounds(uint64_t seed, unsigned int worker, uint64_t seed2,
				 unsigned int worker2)
{
	const struct storm_spec s = spec();
	struct storm_round a, b;
	struct storm_seq p, q;
	unsigned int n = 0;

	storm_seq_init(&p, &s, SIZE, seed, worker);
	storm_seq_init(&q, &s, SIZE, seed2, worker2);
	for (int i = 0; i < 100; i++) {
		storm_next(&p, &a);
		storm_next(&q, &b);
		n += same(&a, &b);
	}
	return n;
}

static void test_seed(void **state)
{
	(void)state;
	assert_int_equal(equal_rounds(7, 1, 7, 1), 100);
	assert_int_equal(equal_rounds(7, 1, 8, 1), 0);
	assert_int_equal(equal_rounds(7, 1, 7, 2), 0);
	assert_int_equal(equal_rounds(0, 0, 0, 3), 0);
}

static void check_inside(uint64_t off, uint64_t len, uint64_t base, uint64_t range)
{
	assert_true(len > 0);
	assert_true(off >= base && off < base + range && len <= base + range - off);
}

static void test_ranges(void **state)
{
	const struct storm_spec s = spec();
	unsigned int pins = 0, gates = 0, ops = 0, meets = 0, frayed = 0;

	(void)state;
	for (unsigned int w = 0; w < s.workers; w++) {
		struct storm_seq q;
		struct storm_round r;

		storm_seq_init(&q, &s, SIZE, 42, w);
		for (unsigned int i = 0; i < ROUNDS; i++) {
			storm_next(&q, &r);
			check_inside(r.off, r.len, w * SIZE / 4, SIZE / 4);
			if (r.pin) {
				check_inside(r.pin_off, r.pin_len, w * SIZE / 4, SIZE / 4);
				assert_int_equal(r.pin_off % 4096 + r.pin_len % 4096, 0);
			}
			if (r.op)
				check_inside(r.op_off, r.op_len, w * SIZE / 4, SIZE / 4);
			pins += r.pin != NULL;
			gates += r.pin && (r.pin->traits & PIN_NEEDS_GATE);
			ops += r.op != NULL;
			meets += storm_meets(&r);
			frayed += r.op && r.op_off % 4096;
		}
	}
	/* each choice comes often enough, and slow ones come rarely */
	assert_true(pins > 4 * ROUNDS / 2 && ops > 4 * ROUNDS / 2);
	assert_true(meets > ROUNDS && frayed > ROUNDS / 4);
	assert_true(gates > ROUNDS / 20 && gates < ROUNDS / 4);
}

static void test_turns(void **state)
{
	const struct storm_spec s = spec();
	struct storm_seq q;
	struct storm_turn t;
	unsigned int held = 0;

	(void)state;
	storm_seq_init(&q, &s, SIZE, 1, STORM_LEADER);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		storm_turn(&q, &t);
		if (!t.op)
			continue;
		assert_true(t.off + t.len < SIZE && t.len && t.size < SIZE);
		assert_true(t.first < s.workers);
		for (unsigned int w = 0; w < s.workers; w++) {
			check_inside(t.pin_off[w], t.pin_len, w * SIZE / 4, SIZE / 4);
			held += storm_turn_meets(&t, w);
		}
	}
	assert_true(held > ROUNDS / 4);
}

static void test_meets(void **state)
{
	const struct operation *punch = operation_find("punch");
	static const struct {
		uint64_t pin_off, pin_len, op_off, op_len;
		bool meets, waits;
	} cases[] = {
		{ 8192, 4096, 8192, 4096, true, true }, { 8192, 4096, 12288, 4096, false, false },
		{ 8192, 4096, 12287, 1, true, false },	{ 8192, 4096, 4096, 4096, false, false },
		{ 8192, 4096, 4096, 4097, true, true }, { 8192, 4096, 8200, 1, true, false },
		{ 8192, 4096, 4097, 8191, true, true }, { 8192, 4096, 4097, 8190, true, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct storm_round r = {
			.pin = &pin_infos[0],
			.pin_off = cases[i].pin_off,
			.pin_len = cases[i].pin_len,
			.op = punch,
			.op_off = cases[i].op_off,
			.op_len = cases[i].op_len,
		};

		assert_int_equal(storm_meets(&r), cases[i].meets);
		assert_int_equal(storm_must_wait(&r), cases[i].waits);
	}
}

/* Workers without a kernel: chance decides which one comes to its next event. */
struct player {
	struct storm_seq seq;
	struct storm_round r;
	unsigned int number, round, at, pin, op;
	bool met;
};

static unsigned int toss(unsigned int n)
{
	static uint64_t state = 99;

	state = state * 6364136223846793005ull + 1442695040888963407ull;
	return (unsigned int)((state >> 33) % n);
}

static void add(struct storm_log *log, const struct player *p, enum storm_act act)
{
	struct storm_event e = {
		.ns = log->n * 1000, .act = act, .worker = p->number, .round = p->round
	};

	e.off = act == STORM_TOUCH && p->at == 0 ? p->r.off : p->r.pin_off;
	e.len = act == STORM_TOUCH && p->at == 0 ? p->r.len : p->r.pin_len;
	if (act == STORM_PIN || act == STORM_UNPIN) {
		e.pin = p->r.pin;
		e.id = p->pin;
	} else if (act == STORM_START || act == STORM_DONE || act == STORM_CHECK) {
		e.op = p->r.op;
		e.id = p->op;
		e.off = p->r.op_off;
		e.len = p->r.op_len;
	}
	storm_log_add(log, &e);
}

static void step(struct storm_log *log, struct player *p)
{
	static unsigned int ids;
	const struct storm_round *r = &p->r;

	switch (p->at++) {
	case 0:
		storm_next(&p->seq, &p->r);
		p->round++;
		p->at = 0;
		add(log, p, STORM_TOUCH);
		p->at = 1;
		break;
	case 1:
		if (r->pin)
			add(log, p, STORM_TOUCH);
		break;
	case 2:
		p->pin = ids++;
		if (r->pin)
			add(log, p, STORM_PIN);
		break;
	case 3:
		p->op = ids++;
		if (r->op)
			add(log, p, STORM_START);
		break;
	case 4:
		if (r->pin && r->again && !storm_meets(r))
			add(log, p, STORM_TOUCH);
		break;
	case 5:
		if (r->pin)
			add(log, p, STORM_UNPIN);
		break;
	case 6:
		if (r->op)
			add(log, p, STORM_DONE);
		break;
	case 7:
		if (r->op)
			add(log, p, STORM_CHECK);
		p->at = 0;
		break;
	}
}

static void play(struct storm_log *log, uint64_t seed, unsigned int events)
{
	const struct storm_spec s = spec();
	struct player p[4] = { 0 };

	*log = (struct storm_log){ .n = 0 };
	for (unsigned int w = 0; w < 4; w++) {
		p[w].number = w;
		storm_seq_init(&p[w].seq, &s, SIZE, seed, w);
	}
	while (log->n < events)
		step(log, &p[toss(4)]);
}

static unsigned int count(const struct scenario *s, enum step_verb verb)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < s->nr_steps; i++)
		n += s->steps[i].verb == verb;
	return n;
}

/* No store hits a page that a running operation changes: the order would not be known. */
static void check_order(const char *text)
{
	struct {
		unsigned int id;
		unsigned long long from, to;
		bool pending;
	} ops[64] = { 0 };
	unsigned int n = 0, id, map;
	unsigned long long off, len;
	char op[16], how[16];

	for (const char *p = text; *p; p = strchrnul(p, '\n') + 1) {
		if (sscanf(p, "start t%u %15s a %llu %llu", &id, op, &off, &len) == 4) {
			ops[n].id = id;
			ops[n].from = off;
			ops[n].to = off + len;
			ops[n++].pending = true;
		}
		for (unsigned int i = 0; sscanf(p, "expect t%u", &id) == 1 && i < n; i++)
			ops[i].pending &= ops[i].id != id;
		if (sscanf(p, "touch w%u+%llu %llu %15s", &map, &off, &len, how) != 4 ||
		    strcmp(how, "write") != 0)
			continue;
		off += map * SIZE / 4;
		for (unsigned int i = 0; i < n; i++)
			if (ops[i].pending && off < ops[i].to && ops[i].from < off + len)
				print_error("%.60s\n%s", p, text);
		for (unsigned int i = 0; i < n; i++)
			assert_false(ops[i].pending && off < ops[i].to && ops[i].from < off + len);
	}
}

/* A pin that is granted after the last look of an operation comes after its end. */
static void test_held_over(void **state)
{
	static struct storm_log log;
	const struct storm_file file = { "a", SIZE, 4, false };
	const struct pin_info *pin = pin_info_find("vmsplice");
	const struct operation *punch = operation_find("punch");
	const struct storm_event events[] = {
		{ .act = STORM_PIN, .round = 1, .id = 0, .len = 4096, .pin = pin },
		{ .act = STORM_START, .round = 1, .id = 1, .len = 4096, .op = punch },
		{ .act = STORM_PIN,
		  .worker = 1,
		  .round = 1,
		  .id = 2,
		  .off = SIZE / 4,
		  .len = 4096,
		  .pin = pin },
		{ .act = STORM_UNPIN, .round = 1, .id = 0, .len = 4096, .pin = pin },
		{ .act = STORM_DONE, .round = 1, .id = 1, .len = 4096, .op = punch },
		{ .act = STORM_UNPIN,
		  .worker = 1,
		  .round = 1,
		  .id = 2,
		  .off = SIZE / 4,
		  .len = 4096,
		  .pin = pin },
	};
	_cleanup_buf_ struct buf text = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(events); i++)
		storm_log_add(&log, &events[i]);
	storm_replay(&log, &file, "t", &text);
	assert_non_null(strstr(buf_str(&text), "pin     p0 vmsplice w0+0 4096\n"
					       "start   t1 punch a 0 4096\n"
					       "unpin   p0\n"
					       "expect  t1 completes\n"
					       "pin     p2 vmsplice w1+0 4096\n"
					       "unpin   p2\n"));
}

/* A log that ends anywhere makes a scenario without contradictions. */
static void test_replay(void **state)
{
	static struct storm_log log;

	(void)state;
	for (unsigned int i = 0; i < 400; i++) {
		const struct storm_file file = { "a", SIZE, 4, i % 2 };
		_cleanup_buf_ struct buf text = BUF_INIT;
		struct scenario *s = NULL;
		struct err *err;

		play(&log, i, 1 + i * 13 % 3000);
		storm_replay(&log, &file, "a storm", &text);
		err = model_parse("replay", buf_str(&text), text.len, &s);
		if (err)
			print_error("%s\n%s\n", err->message, buf_str(&text));
		assert_null(err);
		assert_string_equal(s->title, "a storm");
		check_order(buf_str(&text));
		if (log.n > 300) {
			assert_in_range(count(s, STEP_START), 6, 16);
			assert_true(count(s, STEP_PIN) > 3);
		}
		assert_int_equal(count(s, STEP_PIN), count(s, STEP_UNPIN));
		scenario_free(s);
	}
}

static void test_log(void **state)
{
	static struct storm_log log;
	_cleanup_buf_ struct buf text = BUF_INIT;

	(void)state;
	play(&log, 3, STORM_LOG_MAX + 10);
	assert_ptr_equal(storm_log_at(&log, STORM_LOG_MAX), NULL);
	assert_int_equal(storm_log_at(&log, 0)->ns, 10000);
	assert_int_equal(storm_log_at(&log, STORM_LOG_MAX - 1)->ns, (STORM_LOG_MAX + 9) * 1000);
	storm_log_text(&log, 0, 1000, &text);
	assert_in_range(text.len, 900, 1000);
	assert_true(text.data[text.len - 1] == '\n');
	assert_non_null(strstr(buf_str(&text), "worker "));
}

static void test_words(void **state)
{
	static const struct {
		const char *line, *message;
	} cases[] = {
		{ "storm a 100", NULL },
		{ "storm a 100 workers 2 cpus one unstick pins vmsplice odirect rdma", NULL },
		{ "storm a 100 ops punch falloc pins rdma", NULL },
		{ "storm a 100 ops collapse",
		  "t:2:17: expected punch, zero, write or falloc, found "
		  "'collapse'" },
		{ "storm a 100 ops pins rdma",
		  "t:2:17: expected punch, zero, write or falloc, found "
		  "'pins'" },
		{ "storm a 0", "t:2:9: expected 1 to 86400000 ms" },
		{ "storm a 5 workers 9", "t:2:19: expected 1 to 8 workers" },
		{ "storm a 5 workers 3",
		  "t:2: storm a 5 workers 3: the size of the file must be a multiple of 2M for each "
		  "worker" },
		{ "storm a 5 cpus two", "t:2:16: expected one or all, found 'two'" },
		{ "storm a 5 pins",
		  "t:2:15: expected a kind of pin (see 'daxrig list pins'), found "
		  "the end of the line" },
		{ "storm a 5 pins rdma-odp", "t:2:16: pin 'rdma-odp' holds no pages of a file" },
		{ "storm a 5 pins vmsplcie",
		  "t:2:16: no pin 'vmsplcie'; did you mean 'vmsplice'?" },
		{ "map m a 0 4K shared rw\npin p vmsplice m 4K\nstorm a 5",
		  "t:4: the storm would wait for ever: the file is held by 'p'" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_free_ char *text = xasprintf("file a 8M written\n%s\n", cases[i].line);
		struct scenario *s = NULL;
		struct err *err = model_parse("t", text, strlen(text), &s);

		if (!cases[i].message)
			assert_null(err);
		else
			assert_string_equal(err ? err->message : "none", cases[i].message);
		if (!err)
			assert_true(scenario_blocks_ms(s) > s->steps[1].storm.ms);
		err_free(err);
		scenario_free(cases[i].message ? NULL : s);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_seed),	  cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_turns),	  cmocka_unit_test(test_meets),
		cmocka_unit_test(test_held_over), cmocka_unit_test(test_replay),
		cmocka_unit_test(test_log),	  cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
