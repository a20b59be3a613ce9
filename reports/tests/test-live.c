// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "reports/render/render.h"

#define S 1000000000ull

struct screen {
	char *text;
	size_t len;
	FILE *f;
	struct render_run run;
	struct render live;
	struct case_record *cases[256]; /* kept until the end */
	size_t n;
};

/* A live line without a terminal, but with @terminal it believes in one. */
static void screen_init(struct screen *s, size_t total, bool terminal, unsigned int width)
{
	s->text = NULL;
	s->f = open_memstream(&s->text, &s->len);
	s->n = 0;
	s->run = (struct render_run){ .planned = total };
	render_start(&s->live, &renderer_live, s->f, &s->run);
	assert_false(s->live.terminal);
	assert_false(s->live.color);
	s->live.terminal = terminal;
	s->live.width = width;
}

static void screen_deinit(struct screen *s)
{
	if (s->live.renderer)
		render_end(&s->live, 0, NULL);
	while (s->n)
		case_record_destroy(s->cases[--s->n]);
	fclose(s->f);
	free(s->text);
}

static void end_named(struct screen *s, uint64_t now, const char *name, enum verdict verdict,
		      const char *reason)
{
	struct case_record *rec = case_record_create(name);

	rec->verdict = verdict;
	free(rec->reason);
	rec->reason = reason ? xstrdup(reason) : NULL;
	render_case(&s->live, now, rec);
	s->cases[s->n++] = rec;
}

static void end_case(struct screen *s, uint64_t now, enum verdict verdict, const char *reason)
{
	end_named(s, now, "xfs/a", verdict, reason);
}

static void test_plain(void **state)
{
	struct screen s;

	(void)state;
	screen_init(&s, 50, false, 0);
	render_begin(&s.live, 0, "xfs/a");
	render_tick(&s.live, 9 * S);
	end_case(&s, 9 * S, VERDICT_PASS, NULL);
	render_clear(&s.live);
	assert_string_equal(s.text ? s.text : "", "");
	end_case(&s, 9 * S, VERDICT_FAIL, "splat: \033[2J");
	render_begin(&s.live, 9 * S, "xfs/b\r");
	render_tick(&s.live, 10 * S);
	render_tick(&s.live, 11 * S);
	render_say(&s.live, 11 * S, "kvm does not work: falling back to tcg\n");
	render_end(&s.live, 3725 * S, NULL);
	assert_string_equal(s.text, "fail xfs/a: splat: \\x1b[2J\n"
				    "[2/50] 0:10 pass 1 fail 1 skip 0  xfs/b\\x0d\n"
				    "kvm does not work: falling back to tcg\\n\n"
				    "[2/50] 1:02:05 pass 1 fail 1 skip 0\n");
	screen_deinit(&s);
}

/* A fail by known findings is counted, but not told of; KTAP has it. */
static void test_known(void **state)
{
	static const struct known list;
	struct screen s;
	struct case_record *rec;

	(void)state;
	screen_init(&s, 50, false, 0);
	s.run.known = &list;
	for (int i = 0; i < 3; i++) {
		rec = case_record_create(i == 1 ? "xfs/new" : "xfs/old");
		rec->verdict = VERDICT_FAIL;
		rec->findings = xcalloc(1, sizeof(*rec->findings));
		rec->findings[rec->finding_count++] = (struct finding){
			.rule = xstrdup("splat"), .known = i == 1 ? NULL : xstrdup("a")
		};
		render_case(&s.live, S, rec);
		s.cases[s.n++] = rec;
	}
	render_end(&s.live, 3 * S, NULL);
	assert_string_equal(s.text, "fail xfs/new: not run\n"
				    "[3/50] 0:03 pass 0 fail 3 (2 known) skip 0\n");
	screen_deinit(&s);
}

static void test_plain_many(void **state)
{
	struct screen s;

	(void)state;
	screen_init(&s, 50, false, 0);
	for (int i = 0; i < 45; i++)
		end_case(&s, S, VERDICT_SKIP, "x");
	assert_string_equal(s.text, "[20/50] 0:01 pass 0 fail 0 skip 20\n"
				    "[40/50] 0:01 pass 0 fail 0 skip 40\n");
	screen_deinit(&s);
}

static void test_terminal(void **state)
{
	struct screen s;

	(void)state;
	screen_init(&s, 5, true, 40);
	render_begin(&s.live, S, "a-long-name-that-does-not-fit");
	assert_string_equal(s.text, "\r[0/5] 0:01 pass 0 fail 0 skip 0  a-long\033[K");
	render_tick(&s.live, S + S / 100); /* too early to draw again */
	render_clear(&s.live);
	render_clear(&s.live);
	assert_string_equal(s.text, "\r[0/5] 0:01 pass 0 fail 0 skip 0  a-long\033[K"
				    "\r\033[K");
	s.live.color = true;
	end_named(&s, 2 * S, "a-long-name-that-does-not-fit", VERDICT_ERROR, NULL);
	assert_non_null(strstr(s.text,
			       "\r\033[K\033[33merror\033[0m a-long-name-that-does-not-fit\n"
			       "\r[1/5] 0:02 pass 0 fail 0 skip 0 error 1\033[K"));
	render_end(&s.live, 3 * S, NULL);
	assert_non_null(strstr(s.text, "\r\033[K[1/5] 0:03 pass 0 fail 0 skip 0 error 1\n"));
	screen_deinit(&s);
}

/* Expects @wanted of add_speed() at @now, between the counts and the names; "": nothing. */
static void check_speed(struct screen *s, uint64_t now, const char *wanted)
{
	const char *line, *skip;

	render_clear(&s->live);
	render_tick(&s->live, now);
	line = strrchr(s->text, '\r');
	skip = strstr(line, "skip 0");
	assert_non_null(skip);
	if (strncmp(skip + 6, wanted, strlen(wanted)) != 0 ||
	    strcmp(skip + 6 + strlen(wanted), "\033[K") != 0)
		fail_msg("'%s' does not follow the counts in '%s'", wanted, line + 1);
}

/* From second 10 on, two jobs run cases of one second: two cases end every second. */
static void test_speed(void **state)
{
	struct screen s;
	uint64_t now = 10 * S;

	(void)state;
	screen_init(&s, 1000, true, 200);
	render_begin(&s.live, now, "xfs/a");
	render_begin(&s.live, now, "xfs/a");
	end_case(&s, now + S / 100, VERDICT_PASS, NULL);
	end_case(&s, now + S / 100, VERDICT_PASS, NULL);
	check_speed(&s, now + 5 * S, ""); /* two cases */
	for (int i = 0; i < 3; i++)
		end_case(&s, now + S / 100, VERDICT_PASS, NULL);
	check_speed(&s, now + S, ""); /* in too short a time */
	check_speed(&s, now + 2 * S + S / 2, "  120/min, 8:18 left");
	for (now = 13 * S; now <= 110 * S; now += S)
		for (int i = 0; i < 2; i++)
			end_case(&s, now, VERDICT_PASS, NULL);
	/* 201 are done; 31 since second 95 */
	check_speed(&s, 110 * S, "  124/min, 6:27 left");
	/* one hangs */
	check_speed(&s, 110 * S + 295 * S, "  6.0/min, 2:13:10 left");
	render_end(&s.live, 211 * S, NULL);
	assert_non_null(strstr(s.text, "[201/1000] 3:31 pass 201 fail 0 skip 0  60/min\n"));
	screen_deinit(&s);
}

/* On a narrow screen the names go first, then the whole speed, then the counts are cut. */
static void test_narrow(void **state)
{
	static const struct {
		unsigned int width;
		const char *line;
	} rows[] = {
		{ 80, "[6/12] 0:04 pass 6 fail 0 skip 0  90/min, 0:04 left  xfs/b +1" },
		{ 60, "[6/12] 0:04 pass 6 fail 0 skip 0  90/min, 0:04 left  xfs/b " },
		{ 53, "[6/12] 0:04 pass 6 fail 0 skip 0  90/min, 0:04 left " },
		{ 52, "[6/12] 0:04 pass 6 fail 0 skip 0  90/min, 0:04 left" },
		{ 51, "[6/12] 0:04 pass 6 fail 0 skip 0  xfs/b +1" },
		{ 30, "[6/12] 0:04 pass 6 fail 0 ski" },
		{ 1, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *wanted = xasprintf("\r%s\033[K", rows[i].line);
		struct screen s;

		screen_init(&s, 12, true, rows[i].width);
		for (int k = 0; k < 6; k++)
			render_begin(&s.live, 0, "xfs/a");
		render_begin(&s.live, 0, "xfs/b");
		render_begin(&s.live, 0, "xfs/c");
		for (int k = 0; k < 6; k++)
			end_case(&s, 4 * S, VERDICT_PASS, NULL);
		assert_string_equal(strrchr(s.text, '\r'), wanted);
		screen_deinit(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),	   cmocka_unit_test(test_known),
		cmocka_unit_test(test_plain_many), cmocka_unit_test(test_terminal),
		cmocka_unit_test(test_speed),	   cmocka_unit_test(test_narrow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
