/* SPDX-License-Identifier: GPL-2.0-only */
/* Cases in the guest's loop: some end, some exceed their limit, some leave processes. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/task.h"
#include "guests/tests/loop-host.h"

static void log_line(const struct case_ctx *ctx, const char *text)
{
	struct buf b = BUF_INIT;

	msg_put_str(&b, TAG_TEXT, text);
	case_send(ctx, MSG_LOG, &b);
	buf_deinit(&b);
}

static int run_ok(const struct case_ctx *ctx)
{
	log_line(ctx, ctx->name);
	return ctx->seed == 7 && ctx->sabotage == SABOTAGE_NO_PIN ? 0 : 9;
}

static int run_hang(const struct case_ctx *ctx)
{
	log_line(ctx, "before");
	while (pause())
		;
	return 0;
}

/* Twenty orphans in sessions of their own hold the link open. */
static int run_escape(const struct case_ctx *ctx)
{
	for (int i = 0; i < 20; i++) {
		if (fork())
			continue;
		setsid();
		if (fork())
			_exit(0);
		signal(SIGTERM, SIG_IGN);
		for (;;)
			pause();
	}
	log_line(ctx, "escaped");
	return 3;
}

static int run_crash(const struct case_ctx *ctx)
{
	(void)ctx;
	signal(SIGSEGV, SIG_DFL);
	return raise(SIGSEGV);
}

static int run_flood(const struct case_ctx *ctx)
{
	char text[1000];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	for (int i = 0; i < 2000; i++)
		log_line(ctx, text);
	return 0;
}

static int run_call(const struct case_ctx *ctx)
{
	const char *const args[] = { "one", "two", NULL };
	char why[64] = "";

	if (case_call(ctx, "yes", args, why, sizeof(why)) != 0)
		return 1;
	if (case_call(ctx, "no", NULL, why, sizeof(why)) != -1)
		return 2;
	return strcmp(why, "not today") == 0 ? 0 : 3;
}

/* Malformed messages of a case: they must not reach the host as frames. */
static int run_rogue(const struct case_ctx *ctx)
{
	uint16_t end = MSG_END, reply = MSG_REPLY;
	char *big = xcalloc(1, 70000);

	send(ctx->link, "x", 1, 0);
	send(ctx->link, &end, sizeof(end), 0);
	send(ctx->link, &reply, sizeof(reply), 0);
	send(ctx->link, big, 70000, 0);
	free(big);
	log_line(ctx, "still here");
	return 0;
}

static int run_big(const struct case_ctx *ctx)
{
	struct buf b = BUF_INIT;
	char *text = xcalloc(1, 200000);

	memset(text, 'e', 200000);
	msg_put_str(&b, TAG_NAME, "big");
	msg_put(&b, TAG_TEXT, text, 200000);
	case_send(ctx, MSG_EVIDENCE, &b);
	case_send(ctx, MSG_STEP, &b);
	buf_deinit(&b);
	free(text);
	return 0;
}

static int run_spoil(const struct case_ctx *ctx)
{
	(void)ctx;
	return CASE_SPOILED;
}

static const struct {
	const char *text;
	int (*run)(const struct case_ctx *ctx);
} programs[] = {
	{ "ok", run_ok },	{ "hang", run_hang },	{ "escape", run_escape },
	{ "crash", run_crash }, { "flood", run_flood }, { "call", run_call },
	{ "rogue", run_rogue }, { "big", run_big },	{ "spoil", run_spoil },
};

static int run_case(const struct case_ctx *ctx)
{
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		if (strcmp(ctx->text, programs[i].text) == 0)
			return programs[i].run(ctx);
	return 98;
}

/* The hook must not change the host; it sends the number back. */
static void welcome(const uint8_t *payload, size_t len, struct buf *out)
{
	struct msg_field f;

	if (msg_find(payload, len, TAG_NUMBER, &f))
		msg_put_u64(out, TAG_NUMBER, msg_u64(&f));
}

/* A guest without room. */
static bool file(const uint8_t *payload, size_t len, char *why, size_t size)
{
	(void)payload, (void)len;
	snprintf(why, size, "no room for it");
	return false;
}

/* Two pieces of evidence. */
static bool names(struct link *l)
{
	struct buf text = BUF_INIT;

	buf_adds(&text, "one");
	link_send_evidence(l, NAMES_EVIDENCE, &text);
	link_send_evidence(l, NAMES_EVIDENCE, &text);
	buf_deinit(&text);
	return true;
}

static int set_up(void **state)
{
	static const struct agent_ops ops = { .run_case = run_case };
	static const struct case_hooks hooks = { .welcome = welcome, .file = file, .names = names };

	return host_set_up(state, &ops, &hooks);
}

/* A program that lacks a part of its files would fail by that: it is not run. */
static void not_run_without_file(void **state)
{
	struct host *h = *state;
	struct frame f;

	host_send_empty(h, MSG_FILE);
	host_send_empty(h, MSG_FILE);
	host_send_case(h, "ok", 60000);
	host_need_frame(h, MSG_END, &f);
	assert_true(frame_says(&f, TAG_FOUND, "cannot start the case: no room for it"));
}

static void relays(void **state)
{
	struct host *h = *state;
	struct frame f;

	for (int i = 0; i < 3; i++) {
		host_send_case(h, "ok", 60000);
		host_need_frame(h, MSG_LOG, &f);
		assert_true(frame_says(&f, TAG_TEXT, "ok"));
		host_need_end(h, 0, false);
	}
	host_send_empty(h, MSG_POWEROFF);
	assert_int_equal(host_agent_end(h), LOOP_POWEROFF);
}

/* Expects a case that ends well, and no message after it. */
static void spoiled_guest(void **state)
{
	struct host *h = *state;

	host_send_case(h, "spoil", 60000);
	host_need_end(h, 0, true);
	host_send_case(h, "ok", 60000);
	host_need_end(h, END_NOT_RUN, true);
	host_send_empty(h, MSG_POWEROFF);
	assert_int_equal(host_agent_end(h), LOOP_POWEROFF);
}

static void send_welcome(struct host *h, uint64_t number)
{
	struct buf b = BUF_INIT;

	msg_put_u64(&b, TAG_NUMBER, number);
	host_send_frame(h, MSG_WELCOME, &b);
	buf_deinit(&b);
}

/* The answer comes before any message of the next case, which follows at once. */
static void takes_welcome(void **state)
{
	struct host *h = *state;
	struct frame f;

	send_welcome(h, 42);
	host_send_case(h, "ok", 60000);
	host_need_frame(h, MSG_GUEST, &f);
	assert_int_equal(frame_number(&f, TAG_NUMBER), 42);
	host_need_frame(h, MSG_LOG, &f);
	host_need_end(h, 0, false);
}

static void stops_at_late_welcome(void **state)
{
	struct host *h = *state;
	struct frame f;

	host_send_case(h, "hang", 60000);
	host_need_frame(h, MSG_LOG, &f);
	send_welcome(h, 1);
	assert_false(host_next_frame(h, &f));
	assert_int_equal(host_agent_end(h), LOOP_BROKEN);
}

static void tells_names(void **state)
{
	struct host *h = *state;
	struct frame f;

	host_send_empty(h, MSG_NAMES);
	host_need_frame(h, MSG_EVIDENCE, &f);
	assert_true(frame_says(&f, TAG_TEXT, "one"));
	host_need_frame(h, MSG_EVIDENCE, &f);
	host_need_frame(h, MSG_NAMES, &f);
	assert_int_equal(frame_number(&f, TAG_STATUS), 0);
	/* during a case they would be in its way */
	host_send_case(h, "hang", 60000);
	host_need_frame(h, MSG_LOG, &f);
	host_send_empty(h, MSG_NAMES);
	assert_false(host_next_frame(h, &f));
	assert_int_equal(host_agent_end(h), LOOP_BROKEN);
}

static void stops_at_limit(void **state)
{
	struct host *h = *state;
	struct frame f;

	host_send_case(h, "hang", 2000);
	host_need_frame(h, MSG_LOG, &f);
	host_need_frame(h, MSG_EVIDENCE, &f);
	assert_true(frame_says(&f, TAG_NAME, "tasks"));
	assert_non_null(memmem(f.payload, f.len, "state S", 7));
	host_need_end(h, END_LIMIT, true);
	host_send_case(h, "ok", 60000);
	host_need_end(h, END_NOT_RUN, true);
}

static void stops_on_abort(void **state)
{
	struct host *h = *state;
	struct frame f;

	host_send_empty(h, MSG_ABORT); /* nothing runs: no answer */
	host_send_case(h, "hang", 60000);
	host_need_frame(h, MSG_LOG, &f);
	host_send_empty(h, MSG_ABORT);
	host_need_frame(h, MSG_EVIDENCE, &f);
	host_need_end(h, END_ABORTED, true);
}

static void kills_what_escaped(void **state)
{
	struct host *h = *state;
	struct frame f;
	pid_t *ids;

	host_send_case(h, "escape", 60000);
	host_need_frame(h, MSG_LOG, &f);
	host_need_end(h, 3, false);
	assert_int_equal(task_descendants(h->agent, 0, &ids), 0);
	free(ids);
}

static void tells_of_signals(void **state)
{
	struct host *h = *state;

	host_send_case(h, "crash", 60000);
	host_need_end(h, 128 + SIGSEGV, false);
}

static void holds_back_a_flood(void **state)
{
	struct host *h = *state;
	struct frame f;
	int n = 0;

	host_send_case(h, "flood", 60000);
	usleep(200000); /* the host does not read; it cannot see that the agent waits */
	while (host_next_frame(h, &f) && f.type == MSG_LOG)
		n++;
	assert_int_equal(n, 2000);
	assert_int_equal(f.type, MSG_END);
	assert_int_equal(frame_number(&f, TAG_STATUS), 0);
}

/* The time until the host answers does not count for the case's limit. */
static void waits_for_the_host(void **state)
{
	const struct timespec twice = { .tv_nsec = 600000000 };
	struct host *h = *state;
	struct buf reply = BUF_INIT;
	struct frame f;

	host_send_case(h, "call", 300);
	host_need_frame(h, MSG_CALL, &f);
	nanosleep(&twice, NULL);
	msg_put_u64(&reply, TAG_STATUS, REPLY_DONE);
	host_send_frame(h, MSG_REPLY, &reply);
	host_need_frame(h, MSG_CALL, &f);
	nanosleep(&twice, NULL);
	buf_reset(&reply);
	msg_put_u64(&reply, TAG_STATUS, REPLY_NOT);
	msg_put_str(&reply, TAG_TEXT, "not today");
	host_send_frame(h, MSG_REPLY, &reply);
	host_need_end(h, 0, false);
	buf_deinit(&reply);
}

static void passes_calls(void **state)
{
	struct host *h = *state;
	struct buf reply = BUF_INIT;
	struct frame f;

	host_send_empty(h, MSG_REPLY); /* no call waits: dropped */
	host_send_case(h, "call", 60000);
	host_need_frame(h, MSG_CALL, &f);
	assert_true(frame_says(&f, TAG_NAME, "yes"));
	assert_true(frame_says(&f, TAG_ARG, "one"));
	msg_put_u64(&reply, TAG_STATUS, 0);
	host_send_frame(h, MSG_REPLY, &reply);
	host_need_frame(h, MSG_CALL, &f);
	assert_true(frame_says(&f, TAG_NAME, "no"));
	buf_reset(&reply);
	msg_put_u64(&reply, TAG_STATUS, 1);
	msg_put_str(&reply, TAG_TEXT, "not today");
	host_send_frame(h, MSG_REPLY, &reply);
	host_need_end(h, 0, false);
	buf_deinit(&reply);
}

static void keeps_rogues_out(void **state)
{
	struct host *h = *state;
	struct frame f;

	host_send_case(h, "rogue", 60000);
	for (int i = 0; i < 4; i++) {
		host_need_frame(h, MSG_LOG, &f);
		assert_false(frame_says(&f, TAG_TEXT, "still here"));
	}
	host_need_frame(h, MSG_LOG, &f);
	assert_true(frame_says(&f, TAG_TEXT, "still here"));
	host_need_end(h, 0, false);
}

static void divides_what_is_big(void **state)
{
	struct host *h = *state;
	struct msg_field text;
	struct frame f;
	size_t total = 0;

	host_send_case(h, "big", 60000);
	while (host_next_frame(h, &f) && f.type == MSG_EVIDENCE) {
		assert_true(frame_says(&f, TAG_NAME, "big"));
		assert_true(msg_find(f.payload, f.len, TAG_TEXT, &text));
		assert_in_range(text.len, 1, 60000);
		total += text.len;
	}
	assert_int_equal(total, 200000);
	assert_int_equal(f.type, MSG_STEP);
	host_need_end(h, 0, false);
}

static void sees_the_host_go(void **state)
{
	struct host *h = *state;
	struct frame f;

	host_send_case(h, "ok", 60000);
	host_need_frame(h, MSG_LOG, &f);
	host_need_end(h, 0, false);
	assert_int_equal(host_agent_end(h), LOOP_GONE);
}

static void kills_when_the_host_goes(void **state)
{
	struct host *h = *state;
	struct frame f;

	host_send_case(h, "hang", 60000);
	host_need_frame(h, MSG_LOG, &f);
	assert_int_equal(host_agent_end(h), LOOP_LOST);
}

#define LOOP_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, host_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOOP_TEST(tells_names),
		LOOP_TEST(takes_welcome),
		LOOP_TEST(stops_at_late_welcome),
		LOOP_TEST(relays),
		LOOP_TEST(not_run_without_file),
		LOOP_TEST(spoiled_guest),
		LOOP_TEST(stops_at_limit),
		LOOP_TEST(stops_on_abort),
		LOOP_TEST(kills_what_escaped),
		LOOP_TEST(tells_of_signals),
		LOOP_TEST(holds_back_a_flood),
		LOOP_TEST(passes_calls),
		LOOP_TEST(waits_for_the_host),
		LOOP_TEST(keeps_rogues_out),
		LOOP_TEST(divides_what_is_big),
		LOOP_TEST(sees_the_host_go),
		LOOP_TEST(kills_when_the_host_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
