/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The case loop as the guest runs it, in a child that reaps what descends from it,
 * with this program as the host on a socket in place of the virtio port.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/task.h"
#include "guests/agent/case.h"

#define DIED 99	/* the loop's process did not exit by itself */

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
	return ctx->seed == 7 && ctx->lie == LIE_NO_PIN ? 0 : 9;
}

static int run_hang(const struct case_ctx *ctx)
{
	log_line(ctx, "before");
	while (pause())
		;
	return 0;
}

/* Twenty orphans, out of the group and the session, holding the link. */
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

/* Things that are no message of a case: they must not reach the host as frames. */
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
	{ "crash", run_crash },	{ "flood", run_flood },	{ "call", run_call },
	{ "rogue", run_rogue },	{ "big", run_big },	{ "spoil", run_spoil },
};

static int run_case(const struct case_ctx *ctx)
{
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		if (strcmp(ctx->text, programs[i].text) == 0)
			return programs[i].run(ctx);
	return 98;
}

/* The guest is left alone; the number is told back. */
static void welcome(const uint8_t *payload, size_t len, struct buf *out)
{
	struct msg_field f;

	if (msg_find(payload, len, TAG_NUMBER, &f))
		msg_put_u64(out, TAG_NUMBER, msg_u64(&f));
}

struct host {
	int fd;
	pid_t agent;
	uint16_t seq;
	struct frame_decoder in;
};

static void __noreturn agent(int fd)
{
	static const struct agent_ops ops = { .run_case = run_case };
	static struct guest_facts facts;
	static const struct case_hooks hooks = { .welcome = welcome };
	struct link link;
	struct case_loop loop = {
		.ops = &ops,
		.facts = &facts,
		.hooks = &hooks,
		.grace_ms = 5000,
		.link = &link,
	};
	sigset_t chld;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	link_init(&link, fd);
	_exit(10 + (int)case_loop_run(&loop));
}

static int set_up(void **state)
{
	struct host *h = xcalloc(1, sizeof(*h));
	int sv[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, sv))
		return -1;
	h->agent = fork();
	if (h->agent == 0) {
		close(sv[0]);
		alarm(60);
		agent(sv[1]);
	}
	close(sv[1]);
	h->fd = sv[0];
	frame_decoder_init(&h->in);
	*state = h;
	return 0;
}

/* How the loop ended: enum loop_end, or DIED. */
static int agent_end(struct host *h)
{
	int status;

	if (h->fd >= 0)
		close(h->fd);
	h->fd = -1;
	waitpid(h->agent, &status, 0);
	h->agent = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) - 10 : DIED;
}

static int tear_down(void **state)
{
	struct host *h = *state;

	if (h->agent) {
		kill(h->agent, SIGKILL);
		agent_end(h);
	}
	frame_decoder_deinit(&h->in);
	free(h);
	return 0;
}

static void send_raw(struct host *h, const void *data, size_t len)
{
	assert_int_equal(send(h->fd, data, len, MSG_NOSIGNAL), (ssize_t)len);
}

static void send_frame(struct host *h, uint16_t type, const struct buf *payload)
{
	struct buf b = BUF_INIT;

	frame_encode(&b, type, h->seq++, buf_str(payload), payload->len);
	send_raw(h, b.data, b.len);
	buf_deinit(&b);
}

static void send_empty(struct host *h, uint16_t type)
{
	struct buf none = BUF_INIT;

	send_frame(h, type, &none);
}

static void send_case(struct host *h, const char *text, uint64_t limit_ms)
{
	struct buf b = BUF_INIT;

	msg_put_str(&b, TAG_NAME, text);
	msg_put_str(&b, TAG_TEXT, text);
	msg_put_str(&b, TAG_FS, "xfs");
	msg_put_u64(&b, TAG_LIE, LIE_NO_PIN);
	msg_put_u64(&b, TAG_SEED, 7);
	msg_put_u64(&b, TAG_LIMIT_MS, limit_ms);
	send_frame(h, MSG_CASE, &b);
	buf_deinit(&b);
}

/* False when the agent hung up. */
static bool next_frame(struct host *h, struct frame *f)
{
	char chunk[65536];
	bool got;

	for (;;) {
		struct err *err = frame_decoder_next(&h->in, f, &got);
		ssize_t n;

		if (err)
			fail_msg("%s", err->message);
		if (got)
			return true;
		n = read(h->fd, chunk, sizeof(chunk));
		if (n <= 0)
			return false;
		frame_decoder_feed(&h->in, chunk, (size_t)n);
	}
}

static void need_frame(struct host *h, uint16_t type, struct frame *f)
{
	assert_true(next_frame(h, f));
	assert_int_equal(f->type, type);
}

static uint64_t number(const struct frame *f, uint16_t tag)
{
	struct msg_field field;

	assert_true(msg_find(f->payload, f->len, tag, &field));
	assert_int_equal(field.len, 8);
	return msg_u64(&field);
}

static bool says(const struct frame *f, uint16_t tag, const char *text)
{
	struct msg_field field;

	return msg_find(f->payload, f->len, tag, &field) && field.len == strlen(text) &&
	       memcmp(field.data, text, field.len) == 0;
}

static void need_end(struct host *h, uint64_t status, bool dirty)
{
	struct frame f;

	need_frame(h, MSG_END, &f);
	assert_int_equal(number(&f, TAG_STATUS), status);
	assert_int_equal(number(&f, TAG_DIRTY), dirty);
}

static void relays(void **state)
{
	struct host *h = *state;
	struct frame f;

	for (int i = 0; i < 3; i++) {
		send_case(h, "ok", 60000);
		need_frame(h, MSG_LOG, &f);
		assert_true(says(&f, TAG_TEXT, "ok"));
		need_end(h, 0, false);
	}
	send_empty(h, MSG_POWEROFF);
	assert_int_equal(agent_end(h), LOOP_POWEROFF);
}

/* A case that went well, and nothing may come behind it. */
static void spoiled_guest(void **state)
{
	struct host *h = *state;

	send_case(h, "spoil", 60000);
	need_end(h, 0, true);
	send_case(h, "ok", 60000);
	need_end(h, END_NOT_RUN, true);
	send_empty(h, MSG_POWEROFF);
	assert_int_equal(agent_end(h), LOOP_POWEROFF);
}

static void send_welcome(struct host *h, uint64_t number)
{
	struct buf b = BUF_INIT;

	msg_put_u64(&b, TAG_NUMBER, number);
	send_frame(h, MSG_WELCOME, &b);
	buf_deinit(&b);
}

/* The answer is out before the case that follows at once says anything. */
static void takes_welcome(void **state)
{
	struct host *h = *state;
	struct frame f;

	send_welcome(h, 42);
	send_case(h, "ok", 60000);
	need_frame(h, MSG_GUEST, &f);
	assert_int_equal(number(&f, TAG_NUMBER), 42);
	need_frame(h, MSG_LOG, &f);
	need_end(h, 0, false);
}

static void stops_at_late_welcome(void **state)
{
	struct host *h = *state;
	struct frame f;

	send_case(h, "hang", 60000);
	need_frame(h, MSG_LOG, &f);
	send_welcome(h, 1);
	assert_false(next_frame(h, &f));
	assert_int_equal(agent_end(h), LOOP_BROKEN);
}

static void stops_at_limit(void **state)
{
	struct host *h = *state;
	struct frame f;

	send_case(h, "hang", 300);
	need_frame(h, MSG_LOG, &f);
	need_frame(h, MSG_EVIDENCE, &f);
	assert_true(says(&f, TAG_NAME, "tasks"));
	assert_non_null(memmem(f.payload, f.len, "state S", 7));
	need_end(h, END_LIMIT, true);
	send_case(h, "ok", 60000);
	need_end(h, END_NOT_RUN, true);
}

static void stops_on_abort(void **state)
{
	struct host *h = *state;
	struct frame f;

	send_empty(h, MSG_ABORT);	/* nothing runs: no answer */
	send_case(h, "hang", 60000);
	need_frame(h, MSG_LOG, &f);
	send_empty(h, MSG_ABORT);
	need_frame(h, MSG_EVIDENCE, &f);
	need_end(h, END_ABORTED, true);
}

static void kills_what_escaped(void **state)
{
	struct host *h = *state;
	struct frame f;
	pid_t *ids;

	send_case(h, "escape", 60000);
	need_frame(h, MSG_LOG, &f);
	need_end(h, 3, false);
	assert_int_equal(task_descendants(h->agent, 0, &ids), 0);
	free(ids);
}

static void tells_of_signals(void **state)
{
	struct host *h = *state;

	send_case(h, "crash", 60000);
	need_end(h, 128 + SIGSEGV, false);
}

static void holds_back_a_flood(void **state)
{
	struct host *h = *state;
	struct frame f;
	int n = 0;

	send_case(h, "flood", 60000);
	usleep(200000);	/* into a host that does not read: nothing shows that it waits */
	while (next_frame(h, &f) && f.type == MSG_LOG)
		n++;
	assert_int_equal(n, 2000);
	assert_int_equal(f.type, MSG_END);
	assert_int_equal(number(&f, TAG_STATUS), 0);
}

static void passes_calls(void **state)
{
	struct host *h = *state;
	struct buf reply = BUF_INIT;
	struct frame f;

	send_empty(h, MSG_REPLY);	/* to nobody: dropped */
	send_case(h, "call", 60000);
	need_frame(h, MSG_CALL, &f);
	assert_true(says(&f, TAG_NAME, "yes"));
	assert_true(says(&f, TAG_ARG, "one"));
	msg_put_u64(&reply, TAG_STATUS, 0);
	send_frame(h, MSG_REPLY, &reply);
	need_frame(h, MSG_CALL, &f);
	assert_true(says(&f, TAG_NAME, "no"));
	buf_reset(&reply);
	msg_put_u64(&reply, TAG_STATUS, 1);
	msg_put_str(&reply, TAG_TEXT, "not today");
	send_frame(h, MSG_REPLY, &reply);
	need_end(h, 0, false);
	buf_deinit(&reply);
}

static void keeps_rogues_out(void **state)
{
	struct host *h = *state;
	struct frame f;

	send_case(h, "rogue", 60000);
	for (int i = 0; i < 4; i++) {
		need_frame(h, MSG_LOG, &f);
		assert_false(says(&f, TAG_TEXT, "still here"));
	}
	need_frame(h, MSG_LOG, &f);
	assert_true(says(&f, TAG_TEXT, "still here"));
	need_end(h, 0, false);
}

static void divides_what_is_big(void **state)
{
	struct host *h = *state;
	struct msg_field text;
	struct frame f;
	size_t total = 0;

	send_case(h, "big", 60000);
	while (next_frame(h, &f) && f.type == MSG_EVIDENCE) {
		assert_true(says(&f, TAG_NAME, "big"));
		assert_true(msg_find(f.payload, f.len, TAG_TEXT, &text));
		assert_in_range(text.len, 1, 60000);
		total += text.len;
	}
	assert_int_equal(total, 200000);
	assert_int_equal(f.type, MSG_STEP);
	need_end(h, 0, false);
}

static void sees_the_host_go(void **state)
{
	struct host *h = *state;
	struct frame f;

	send_case(h, "ok", 60000);
	need_frame(h, MSG_LOG, &f);
	need_end(h, 0, false);
	assert_int_equal(agent_end(h), LOOP_GONE);
}

static void kills_when_the_host_goes(void **state)
{
	struct host *h = *state;
	struct frame f;

	send_case(h, "hang", 60000);
	need_frame(h, MSG_LOG, &f);
	assert_int_equal(agent_end(h), LOOP_LOST);
}

static void stops_at_garbage(void **state)
{
	struct host *h = *state;
	struct frame f;

	send_raw(h, "this is no frame, not at all", 28);
	assert_false(next_frame(h, &f));
	assert_int_equal(agent_end(h), LOOP_BROKEN);
}

static void stops_at_oversized(void **state)
{
	struct host *h = *state;
	struct buf b = BUF_INIT;
	char *big = xcalloc(1, FRAME_PAYLOAD_MAX + 1);
	struct frame f;

	frame_encode(&b, MSG_CASE, 0, big, FRAME_PAYLOAD_MAX + 1);
	send_raw(h, b.data, FRAME_HEADER);
	assert_false(next_frame(h, &f));
	assert_int_equal(agent_end(h), LOOP_BROKEN);
	buf_deinit(&b);
	free(big);
}

/* A frame cut anywhere, then silence, then the end: no crash, and no case. */
static void stands_truncated(void **state)
{
	static const size_t cuts[] = { 1, 15, 16, 17, 30 };
	struct buf b = BUF_INIT;

	frame_encode(&b, MSG_CASE, 0, "12345678901234567890", 20);
	for (size_t i = 0; i < ARRAY_SIZE(cuts); i++) {
		struct host *h = *state;

		send_raw(h, b.data, cuts[i]);
		assert_int_equal(agent_end(h), LOOP_GONE);
		tear_down(state);
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
		uint64_t lie;
		const char *tail;	/* broken field at the end */
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
		if (rows[i].lie)
			msg_put_u64(&b, TAG_LIE, rows[i].lie);
		if (rows[i].tail)
			buf_add(&b, rows[i].tail, 4);
		send_frame(h, rows[i].type, &b);
		if (next_frame(h, &f))
			fail_msg("row %zu: the agent answered with %u", i, f.type);
		assert_int_equal(agent_end(h), LOOP_BROKEN);
		buf_deinit(&b);
		tear_down(state);
		assert_int_equal(set_up(state), 0);
	}
}

static void stops_at_two_cases(void **state)
{
	struct host *h = *state;
	struct frame f;

	send_case(h, "hang", 60000);
	need_frame(h, MSG_LOG, &f);
	send_case(h, "ok", 60000);
	assert_false(next_frame(h, &f));
	assert_int_equal(agent_end(h), LOOP_BROKEN);
}

#define LOOP_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOOP_TEST(takes_welcome),	LOOP_TEST(stops_at_late_welcome),
		LOOP_TEST(relays), LOOP_TEST(spoiled_guest),		LOOP_TEST(stops_at_limit),
		LOOP_TEST(stops_on_abort),	LOOP_TEST(kills_what_escaped),
		LOOP_TEST(tells_of_signals),	LOOP_TEST(holds_back_a_flood),
		LOOP_TEST(passes_calls),	LOOP_TEST(keeps_rogues_out),
		LOOP_TEST(divides_what_is_big),	LOOP_TEST(sees_the_host_go),
		LOOP_TEST(kills_when_the_host_goes), LOOP_TEST(stops_at_garbage),
		LOOP_TEST(stops_at_oversized),	LOOP_TEST(stands_truncated),
		LOOP_TEST(stops_at_wrong_messages), LOOP_TEST(stops_at_two_cases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
