// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "reports/live.h"

#define S 1000000000ull

struct screen {
	char *text;
	size_t len;
	FILE *f;
	struct live live;
};

/* A live without a terminal behind it, made to think so when @terminal. */
static void screen_init(struct screen *s, size_t total, bool terminal, unsigned int width)
{
	s->text = NULL;
	s->f = open_memstream(&s->text, &s->len);
	live_init(&s->live, s->f, total);
	assert_false(s->live.terminal);
	assert_false(s->live.color);
	s->live.terminal = terminal;
	s->live.width = width;
}

static void screen_deinit(struct screen *s)
{
	free(s->live.running);
	fclose(s->f);
	free(s->text);
}

static void end_case(struct live *l, uint64_t now, enum verdict verdict, const char *reason)
{
	struct case_record *rec = case_record_create("xfs/a");

	rec->verdict = verdict;
	free(rec->reason);
	rec->reason = reason ? xstrdup(reason) : NULL;
	live_case(l, now, rec);
	case_record_destroy(rec);
}

static void test_plain(void **state)
{
	struct screen s;

	(void)state;
	screen_init(&s, 50, false, 0);
	live_start(&s.live, 0, "xfs/a");
	live_tick(&s.live, 9 * S);
	end_case(&s.live, 9 * S, VERDICT_PASS, NULL);
	live_clear(&s.live);
	assert_string_equal(s.text ? s.text : "", "");
	end_case(&s.live, 9 * S, VERDICT_FAIL, "splat: \033[2J");
	live_start(&s.live, 9 * S, "xfs/b\r");
	live_tick(&s.live, 10 * S);
	live_tick(&s.live, 11 * S);
	live_say(&s.live, 11 * S, "kvm does not work: falling back to tcg\n");
	live_deinit(&s.live, 3725 * S);
	assert_string_equal(s.text, "fail xfs/a: splat: \\x1b[2J\n"
				    "[2/50] 0:10 pass 1 fail 1 skip 0  xfs/b\\x0d\n"
				    "kvm does not work: falling back to tcg\\n\n"
				    "[2/50] 1:02:05 pass 1 fail 1 skip 0\n");
	screen_deinit(&s);
}

static void test_plain_many(void **state)
{
	struct screen s;

	(void)state;
	screen_init(&s, 50, false, 0);
	for (int i = 0; i < 45; i++)
		end_case(&s.live, S, VERDICT_SKIP, "x");
	assert_string_equal(s.text, "[20/50] 0:01 pass 0 fail 0 skip 20\n"
				    "[40/50] 0:01 pass 0 fail 0 skip 40\n");
	screen_deinit(&s);
}

static void test_terminal(void **state)
{
	struct screen s;

	(void)state;
	screen_init(&s, 5, true, 40);
	live_start(&s.live, S, "a-long-name-that-does-not-fit");
	assert_string_equal(s.text, "\r[0/5] 0:01 pass 0 fail 0 skip 0  a-long\033[K");
	live_tick(&s.live, S + S / 100); /* too early to draw again */
	live_clear(&s.live);
	live_clear(&s.live);
	assert_string_equal(s.text, "\r[0/5] 0:01 pass 0 fail 0 skip 0  a-long\033[K"
				    "\r\033[K");
	s.live.color = true;
	end_case(&s.live, 2 * S, VERDICT_ERROR, NULL);
	assert_non_null(strstr(s.text, "\r\033[K\033[33merror\033[0m xfs/a\n"
				       "\r[1/5] 0:02 pass 0 fail 0 skip 0 error 1\033[K"));
	live_deinit(&s.live, 3 * S);
	assert_non_null(
		strstr(s.text, "\r\033[K[1/5] 0:03 pass 0 fail 0 skip 0 error 1\n"));
	screen_deinit(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_plain_many),
		cmocka_unit_test(test_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
