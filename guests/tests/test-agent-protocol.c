/* SPDX-License-Identifier: GPL-2.0-only */
/* Malformed or unexpected messages: the guest's loop ends, and runs no case. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "guests/tests/loop-host.h"

static int run_case(const struct case_ctx *ctx)
{
	struct buf b = BUF_INIT;

	msg_put_str(&b, TAG_TEXT, "it began");
	case_send(ctx, MSG_LOG, &b);
	buf_deinit(&b);
	pause();
	return 0;
}

static int set_up(void **state)
{
	static const struct agent_ops ops = { .run_case = run_case };
	static const struct case_hooks hooks = { .welcome = NULL };

	return host_set_up(state, &ops, &hooks);
}

static void stops_at_garbage(void **state)
{
	struct host *h = *state;
	struct frame f;

	host_send_raw(h, "this is no frame, not at all", 28);
	assert_false(host_next_frame(h, &f));
	assert_int_equal(host_agent_end(h), LOOP_BROKEN);
}

static void stops_at_oversized(void **state)
{
	struct host *h = *state;
	struct buf b = BUF_INIT;
	char *big = xcalloc(1, FRAME_PAYLOAD_MAX + 1);
	struct frame f;

	frame_encode(&b, MSG_CASE, 0, big, FRAME_PAYLOAD_MAX + 1);
	host_send_raw(h, b.data, FRAME_HEADER);
	assert_false(host_next_frame(h, &f));
	assert_int_equal(host_agent_end(h), LOOP_BROKEN);
	buf_deinit(&b);
	free(big);
}

/* A frame cut at any byte, then a pause, then the end: no crash, and no case. */
static void stands_truncated(void **state)
{
	static const size_t cuts[] = { 1, 15, 16, 17, 30 };
	struct buf b = BUF_INIT;

	frame_encode(&b, MSG_CASE, 0, "12345678901234567890", 20);
	for (size_t i = 0; i < ARRAY_SIZE(cuts); i++) {
		struct host *h = *state;

		host_send_raw(h, b.data, cuts[i]);
		assert_int_equal(host_agent_end(h), LOOP_GONE);
		host_tear_down(state);
		assert_int_equal(set_up(state), 0);
	}
	buf_deinit(&b);
}

static void put_case(struct buf *b, const char *name, const char *text, const char *fs)
{
	if (name)
		msg_put_str(b, TAG_NAME, name);
	if (text)
		msg_put_str(b, TAG_TEXT, text);
	if (fs)
		msg_put_str(b, TAG_FS, fs);
}

static void stops_at_wrong_messages(void **state)
{
	static const struct {
		uint16_t type;
		const char *name, *text, *fs;
		uint64_t sabotage;
		const char *tail; /* broken field at the end */
	} rows[] = {
		{ 0, NULL, NULL, NULL, 0, NULL },
		{ MSG_HELLO, NULL, NULL, NULL, 0, NULL },
		{ MSG_END, NULL, NULL, NULL, 0, NULL },
		{ 65535, NULL, NULL, NULL, 0, NULL },
		{ MSG_CASE, NULL, "ok", "xfs", 0, NULL },
		{ MSG_CASE, "n", NULL, "xfs", 0, NULL },
		{ MSG_CASE, "n", "ok", NULL, 0, NULL },
		{ MSG_CASE, "n", "ok", "vfat", 0, NULL },
		{ MSG_CASE, "n", "ok", "xfs", 77, NULL },
		{ MSG_CASE, "n", "ok", "xfs", 0, "\2\0\xff\xff" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct host *h = *state;
		struct buf b = BUF_INIT;
		struct frame f;

		put_case(&b, rows[i].name, rows[i].text, rows[i].fs);
		if (rows[i].sabotage)
			msg_put_u64(&b, TAG_SABOTAGE, rows[i].sabotage);
		if (rows[i].tail)
			buf_add(&b, rows[i].tail, 4);
		host_send_frame(h, rows[i].type, &b);
		if (host_next_frame(h, &f))
			fail_msg("row %zu: the agent answered with %u", i, f.type);
		assert_int_equal(host_agent_end(h), LOOP_BROKEN);
		buf_deinit(&b);
		host_tear_down(state);
		assert_int_equal(set_up(state), 0);
	}
}

static void stops_at_two_cases(void **state)
{
	struct host *h = *state;
	struct frame f;

	host_send_case(h, "hang", 60000);
	host_need_frame(h, MSG_LOG, &f);
	host_send_case(h, "ok", 60000);
	assert_false(host_next_frame(h, &f));
	assert_int_equal(host_agent_end(h), LOOP_BROKEN);
}

static void stops_at_file_in_case(void **state)
{
	struct host *h = *state;
	struct frame f;

	host_send_case(h, "hang", 60000);
	host_need_frame(h, MSG_LOG, &f);
	host_send_empty(h, MSG_FILE);
	assert_false(host_next_frame(h, &f));
	assert_int_equal(host_agent_end(h), LOOP_BROKEN);
}

#define LOOP_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, host_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOOP_TEST(stops_at_garbage),   LOOP_TEST(stops_at_oversized),
		LOOP_TEST(stands_truncated),   LOOP_TEST(stops_at_wrong_messages),
		LOOP_TEST(stops_at_two_cases), LOOP_TEST(stops_at_file_in_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
