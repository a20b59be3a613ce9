/* SPDX-License-Identifier: GPL-2.0-only */
/* The case's end of its socket to PID 1. A datagram is a u16 type and a payload. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "guests/agent/link.h"
#include "wire/agent.h"

static pthread_mutex_t call_lock = PTHREAD_MUTEX_INITIALIZER;

struct send_arg {
	int fd;
	uint16_t type;
	int err;
};

static void send_datagram(void *arg, const void *data, size_t len)
{
	struct send_arg *s = arg;
	struct iovec iov[] = {
		{ &s->type, sizeof(s->type) },
		{ (void *)data, len },
	};
	struct msghdr m = { .msg_iov = iov, .msg_iovlen = 2 };
	ssize_t n;

	do
		n = sendmsg(s->fd, &m, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		s->err = errno;
}

static int send_message(const struct case_ctx *ctx, enum msg_type type, const struct buf *payload)
{
	struct send_arg s = { .fd = ctx->link, .type = (uint16_t)type };

	msg_fit(type, payload, send_datagram, &s);
	return s.err;
}

void case_send(const struct case_ctx *ctx, enum msg_type type, const struct buf *payload)
{
	int err = send_message(ctx, type, payload);

	if (err)
		fprintf(stderr, "daxrig: case: cannot send message %d: %s\n", type, strerror(err));
}

/* Reads a MSG_REPLY of @len bytes. Returns as case_call(), the host's text in @why. */
static int read_reply(const uint8_t *data, size_t len, char *why, size_t size)
{
	uint64_t status = REPLY_NOT;
	struct msg_field f;
	char *text;

	if (msg_find(data, len, TAG_STATUS, &f) && f.len == 8)
		status = msg_u64(&f);
	if (status == REPLY_DONE)
		return 0;
	if (msg_find(data, len, TAG_TEXT, &f)) {
		text = msg_str(&f, size);
		snprintf(why, size, "%s", text);
		free(text);
	} else {
		snprintf(why, size, "the host gave no reason");
	}
	return status == REPLY_LACKS ? CALL_LACKS : -1;
}

static int wait_reply(int fd, char *why, size_t size)
{
	static uint8_t data[FRAME_PAYLOAD_MAX + 2]; /* protected by call_lock */
	uint16_t type;
	ssize_t n;

	do
		n = recv(fd, data, sizeof(data), 0);
	while (n < 0 && errno == EINTR);
	if (n < (ssize_t)sizeof(type)) {
		snprintf(why, size, "the agent hung up");
		return -1;
	}
	memcpy(&type, data, sizeof(type));
	if (type != MSG_REPLY) {
		snprintf(why, size, "the agent answered with message %u", type);
		return -1;
	}
	return read_reply(data + sizeof(type), (size_t)n - sizeof(type), why, size);
}

int case_call(const struct case_ctx *ctx, const char *call, const char *const *args, char *why,
	      size_t size)
{
	struct buf payload = BUF_INIT;
	int ret;

	msg_put_str(&payload, TAG_NAME, call);
	for (size_t i = 0; args && args[i]; i++)
		msg_put_str(&payload, TAG_ARG, args[i]);
	pthread_mutex_lock(&call_lock);
	ret = send_message(ctx, MSG_CALL, &payload);
	if (ret) {
		snprintf(why, size, "cannot reach the agent: %s", strerror(ret));
		ret = -1;
	} else {
		ret = wait_reply(ctx->link, why, size);
	}
	pthread_mutex_unlock(&call_lock);
	buf_deinit(&payload);
	return ret;
}
