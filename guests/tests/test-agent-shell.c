/* SPDX-License-Identifier: GPL-2.0-only */
/* A case that stands still, and what the host runs beside it. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/task.h"
#include "guests/agent/shell.h"
#include "guests/tests/loop-host.h"

static int run_case(const struct case_ctx *ctx)
{
	const char *const args[] = { "before", "7", NULL };
	char why[64];

	if (strcmp(ctx->text, "crash") == 0) {
		signal(SIGSEGV, SIG_DFL);
		return raise(SIGSEGV);
	}
	return ctx->hold ? case_call(ctx, HOLD_CALL, args, why, sizeof(why)) : 9;
}

static int set_up(void **state)
{
	static const struct agent_ops ops = { .run_case = run_case };
	static const struct case_hooks hooks = { 0 };

	return host_set_up(state, &ops, &hooks);
}

/* Starts the case @name, which may stand still, with a limit that is shorter than the test. */
static void stand(struct host *h, const char *name)
{
	struct buf b = BUF_INIT;
	struct frame f;

	msg_put_str(&b, TAG_NAME, name);
	msg_put_str(&b, TAG_TEXT, name);
	msg_put_str(&b, TAG_FS, "xfs");
	msg_put_u64(&b, TAG_LIMIT_MS, 300);
	msg_put_u64(&b, TAG_HOLD, 1);
	host_send_frame(h, MSG_CASE, &b);
	buf_deinit(&b);
	host_need_frame(h, MSG_CALL, &f);
	assert_true(frame_says(&f, TAG_NAME, HOLD_CALL));
}

static void go_on(struct host *h)
{
	struct buf b = BUF_INIT;

	msg_put_u64(&b, TAG_STATUS, REPLY_DONE);
	host_send_frame(h, MSG_REPLY, &b);
	buf_deinit(&b);
}

/* @tag TAG_NAME begins one, TAG_TEXT is input, TAG_STATUS ends it. */
static void send_shell(struct host *h, uint64_t number, uint16_t tag, const char *text)
{
	struct buf b = BUF_INIT;

	msg_put_u64(&b, TAG_NUMBER, number);
	msg_put_str(&b, tag, text);
	msg_put_str(&b, TAG_ARG, "WORD=value");
	host_send_frame(h, MSG_SHELL, &b);
	buf_deinit(&b);
}

/* Adds the output of shell @number to @out up to its end; returns its status. */
static uint64_t hear(struct host *h, uint64_t number, struct buf *out)
{
	struct msg_field field;
	struct frame f;

	for (;;) {
		host_need_frame(h, MSG_SHELL, &f);
		assert_int_equal(frame_number(&f, TAG_NUMBER), number);
		if (msg_find(f.payload, f.len, TAG_TEXT, &field))
			buf_add(out, field.data, field.len);
		if (msg_find(f.payload, f.len, TAG_STATUS, &field))
			return msg_u64(&field);
	}
}

/* The time that it stands still does not count for the case's limit. */
static void runs_commands(void **state)
{
	struct buf out = BUF_INIT;
	struct host *h = *state;

	stand(h, "stand");
	send_shell(h, 3, TAG_NAME, "echo $WORD; cat; echo e >&2; sleep 1; exit 5");
	assert_int_equal(hear(h, 3, &out), 5);
	assert_string_equal(buf_str(&out), "value\ne\n");
	buf_reset(&out);
	send_shell(h, 0, TAG_NAME, "head -c 1000000 /dev/zero; kill -9 $$");
	assert_int_equal(hear(h, 0, &out), 128 + SIGKILL);
	assert_int_equal(out.len, 1000000);
	go_on(h);
	host_need_end(h, 0, false);
	buf_deinit(&out);
}

static void has_terminals(void **state)
{
	struct buf out = BUF_INIT;
	struct host *h = *state;

	stand(h, "stand");
	send_shell(h, 1, TAG_NAME, "");
	send_shell(h, 1, TAG_TEXT, "test -t 0 && echo is a terminal | tr a-z A-Z; exit 3\n");
	assert_int_equal(hear(h, 1, &out), 3);
	assert_non_null(strstr(buf_str(&out), "IS A TERMINAL"));
	go_on(h);
	host_need_end(h, 0, false);
	buf_deinit(&out);
}

/* Their users leave, or the case ends: nothing of them stays. */
static void ends_them(void **state)
{
	struct buf out = BUF_INIT;
	struct host *h = *state;
	pid_t *ids;

	stand(h, "stand");
	send_shell(h, 1, TAG_NAME, "sleep 1000");
	send_shell(h, 1, TAG_STATUS, "");
	assert_int_not_equal(hear(h, 1, &out), 0);
	for (uint64_t i = 0; i < SHELLS; i++)
		send_shell(h, i, TAG_NAME, "sleep 1000");
	send_shell(h, SHELLS, TAG_NAME, "echo one too many");
	assert_int_equal(hear(h, SHELLS, &out), 126);
	go_on(h);
	host_need_end(h, 0, false);
	assert_int_equal(task_descendants(h->agent, 0, &ids), 0);
	free(ids);
	send_shell(h, 1, TAG_NAME, "echo there is no case");
	host_send_empty(h, MSG_POWEROFF);
	assert_int_equal(host_agent_end(h), LOOP_POWEROFF);
	buf_deinit(&out);
}

/* As a kernel's oops ends it. */
static void asks_for_the_dead(void **state)
{
	struct buf out = BUF_INIT;
	struct host *h = *state;

	stand(h, "crash");
	send_shell(h, 2, TAG_NAME, "echo look");
	assert_int_equal(hear(h, 2, &out), 0);
	assert_string_equal(buf_str(&out), "look\n");
	go_on(h);
	host_need_end(h, 128 + SIGSEGV, false);
	buf_deinit(&out);
}

/* Damaged ones are dropped. */
static void takes_anything(void **state)
{
	struct buf b = BUF_INIT, out = BUF_INIT;
	struct host *h = *state;

	stand(h, "stand");
	host_send_empty(h, MSG_SHELL);
	msg_put_u64(&b, TAG_NUMBER, 7);
	host_send_frame(h, MSG_SHELL, &b);
	send_shell(h, 7, TAG_TEXT, "nobody reads");
	send_shell(h, 1, TAG_NAME, "sleep 1");
	send_shell(h, 1, TAG_NAME, "echo its number is taken");
	assert_int_equal(hear(h, 1, &out), 0);
	assert_int_equal(out.len, 0);
	go_on(h);
	host_need_end(h, 0, false);
	buf_deinit(&b);
	buf_deinit(&out);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, host_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(runs_commands),	 TEST(has_terminals),  TEST(ends_them),
		TEST(asks_for_the_dead), TEST(takes_anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
