/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/tests/loop-host.h"

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

static void __noreturn agent(int fd, const struct agent_ops *ops, const struct case_hooks *hooks)
{
	static struct guest_facts facts;
	struct link link;
	struct case_loop loop = {
		.ops = ops,
		.facts = &facts,
		.hooks = hooks,
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

int host_set_up(void **state, const struct agent_ops *ops, const struct case_hooks *hooks)
{
	struct host *h = xcalloc(1, sizeof(*h));
	int sv[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, sv))
		return -1;
	h->agent = fork();
	if (h->agent == 0) {
		close(sv[0]);
		alarm(60);
		agent(sv[1], ops, hooks);
	}
	close(sv[1]);
	h->fd = sv[0];
	frame_decoder_init(&h->in);
	*state = h;
	return 0;
}

int host_agent_end(struct host *h)
{
	int status;

	if (h->fd >= 0)
		close(h->fd);
	h->fd = -1;
	waitpid(h->agent, &status, 0);
	h->agent = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) - 10 : DIED;
}

int host_tear_down(void **state)
{
	struct host *h = *state;

	if (h->agent) {
		kill(h->agent, SIGKILL);
		host_agent_end(h);
	}
	frame_decoder_deinit(&h->in);
	free(h);
	return 0;
}

void host_send_raw(struct host *h, const void *data, size_t len)
{
	assert_int_equal(send(h->fd, data, len, MSG_NOSIGNAL), (ssize_t)len);
}

void host_send_frame(struct host *h, uint16_t type, const struct buf *payload)
{
	struct buf b = BUF_INIT;

	frame_encode(&b, type, h->seq++, buf_str(payload), payload->len);
	host_send_raw(h, b.data, b.len);
	buf_deinit(&b);
}

void host_send_empty(struct host *h, uint16_t type)
{
	struct buf none = BUF_INIT;

	host_send_frame(h, type, &none);
}

void host_send_case(struct host *h, const char *text, uint64_t limit_ms)
{
	struct buf b = BUF_INIT;

	msg_put_str(&b, TAG_NAME, text);
	msg_put_str(&b, TAG_TEXT, text);
	msg_put_str(&b, TAG_FS, "xfs");
	msg_put_u64(&b, TAG_SABOTAGE, SABOTAGE_NO_PIN);
	msg_put_u64(&b, TAG_SEED, 7);
	msg_put_u64(&b, TAG_LIMIT_MS, limit_ms);
	host_send_frame(h, MSG_CASE, &b);
	buf_deinit(&b);
}

bool host_next_frame(struct host *h, struct frame *f)
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

void host_need_frame(struct host *h, uint16_t type, struct frame *f)
{
	assert_true(host_next_frame(h, f));
	assert_int_equal(f->type, type);
}

uint64_t frame_number(const struct frame *f, uint16_t tag)
{
	struct msg_field field;

	assert_true(msg_find(f->payload, f->len, tag, &field));
	assert_int_equal(field.len, 8);
	return msg_u64(&field);
}

bool frame_says(const struct frame *f, uint16_t tag, const char *text)
{
	struct msg_field field;

	return msg_find(f->payload, f->len, tag, &field) && field.len == strlen(text) &&
	       memcmp(field.data, text, field.len) == 0;
}

void host_need_end(struct host *h, uint64_t status, bool dirty)
{
	struct frame f;

	host_need_frame(h, MSG_END, &f);
	assert_int_equal(frame_number(&f, TAG_STATUS), status);
	assert_int_equal(frame_number(&f, TAG_DIRTY), dirty);
}
