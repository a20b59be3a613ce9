/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/agent/link.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PIECE 60000u	 /* bytes of evidence in one message */
#define CUT_FIELD 16000u /* bytes kept of a field in a message that is too long */

void link_init(struct link *l, int fd)
{
	*l = (struct link){ .fd = fd, .out = BUF_INIT };
	frame_decoder_init(&l->in);
}

void link_deinit(struct link *l)
{
	frame_decoder_deinit(&l->in);
	buf_deinit(&l->out);
}

static void fit_evidence(const struct buf *payload, void (*emit)(void *, const void *, size_t),
			 void *arg)
{
	const uint8_t *p = (const uint8_t *)payload->data;
	struct msg_field name = { 0 }, text = { 0 };
	struct buf piece = BUF_INIT;
	size_t at = 0;

	msg_find(p, payload->len, TAG_NAME, &name);
	msg_find(p, payload->len, TAG_TEXT, &text);
	name.len = name.tag == TAG_NAME ? MIN(name.len, 256) : 0;
	text.len = text.tag == TAG_TEXT ? text.len : 0;
	while (at < text.len) {
		size_t n = MIN(text.len - at, PIECE);

		buf_reset(&piece);
		msg_put(&piece, TAG_NAME, name.data, name.len);
		msg_put(&piece, TAG_TEXT, text.data + at, n);
		emit(arg, piece.data, piece.len);
		at += n;
	}
	buf_deinit(&piece);
}

static void fit_other(const struct buf *payload, void (*emit)(void *, const void *, size_t),
		      void *arg)
{
	struct buf cut = BUF_INIT;
	struct msg_reader r;
	struct msg_field f;

	msg_reader_init(&r, (const uint8_t *)payload->data, payload->len);
	while (msg_next(&r, &f)) {
		size_t n = MIN(f.len, CUT_FIELD);

		if (cut.len + n + 16 > FRAME_PAYLOAD_MAX)
			break;
		msg_put(&cut, f.tag, f.data, n);
	}
	emit(arg, cut.data, cut.len);
	buf_deinit(&cut);
}

void msg_fit(enum msg_type type, const struct buf *payload,
	     void (*emit)(void *arg, const void *data, size_t len), void *arg)
{
	if (payload->len <= PIECE)
		emit(arg, payload->data, payload->len);
	else if (type == MSG_EVIDENCE)
		fit_evidence(payload, emit, arg);
	else
		fit_other(payload, emit, arg);
}

struct send_arg {
	struct link *link;
	enum msg_type type;
};

static void send_one(void *arg, const void *data, size_t len)
{
	struct send_arg *s = arg;

	frame_encode(&s->link->out, (uint16_t)s->type, s->link->seq++, data, len);
}

void link_send(struct link *l, enum msg_type type, const struct buf *payload)
{
	struct send_arg s = { l, type };

	msg_fit(type, payload, send_one, &s);
}

void link_send_log(struct link *l, const char *fmt, ...)
{
	struct buf payload = BUF_INIT;
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	msg_put_str(&payload, TAG_TEXT, text);
	link_send(l, MSG_LOG, &payload);
	buf_deinit(&payload);
}

void link_send_evidence(struct link *l, const char *name, const struct buf *text)
{
	struct buf payload = BUF_INIT;

	msg_put_str(&payload, TAG_NAME, name);
	msg_put(&payload, TAG_TEXT, buf_str(text), text->len);
	link_send(l, MSG_EVIDENCE, &payload);
	buf_deinit(&payload);
}

int link_flush(struct link *l)
{
	size_t done = 0;
	int ret = 0;

	while (done < l->out.len) {
		ssize_t n = write(l->fd, l->out.data + done, l->out.len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != EAGAIN)
			ret = -errno;
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	buf_consume(&l->out, done);
	return ret;
}

int link_drain(struct link *l, int timeout_ms)
{
	uint64_t end = now_ns() + (uint64_t)timeout_ms * 1000000;
	struct pollfd p = { .fd = l->fd, .events = POLLOUT };
	int ret = link_flush(l);

	while (!ret && l->out.len) {
		uint64_t now = now_ns();

		if (now >= end)
			return -ETIMEDOUT;
		if (poll(&p, 1, (int)((end - now) / 1000000) + 1) > 0 &&
		    (p.revents & (POLLHUP | POLLERR)))
			return -EPIPE;
		ret = link_flush(l);
	}
	return ret;
}

int link_fill(struct link *l)
{
	char chunk[4096];
	ssize_t n = read(l->fd, chunk, sizeof(chunk));

	if (n > 0)
		frame_decoder_feed(&l->in, chunk, (size_t)n);
	if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
		return (int)MAX(n, 0);
	return -EPIPE;
}
