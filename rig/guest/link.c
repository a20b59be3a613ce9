/* SPDX-License-Identifier: GPL-2.0-only */
#include "guest/link.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

void link_init(struct link *l, int fd)
{
	*l = (struct link){ .fd = fd, .out = BUF_INIT };
	frame_decoder_init(&l->in);
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

void link_deinit(struct link *l)
{
	close_fd(&l->fd);
	l->fd = -1;
	buf_deinit(&l->out);
	frame_decoder_deinit(&l->in);
}

struct err *link_flush(struct link *l)
{
	while (l->out.len && l->fd >= 0) {
		ssize_t n = send(l->fd, l->out.data, l->out.len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return NULL;
		if (n < 0)
			return err_errno(errno, "cannot write to the agent");
		buf_consume(&l->out, (size_t)n);
	}
	return NULL;
}

struct err *link_send(struct link *l, enum msg_type type, const struct buf *payload)
{
	if (payload->len > FRAME_PAYLOAD_MAX)
		return err_create(ERR_INFRA, "a message of %zu bytes is too large for the agent",
				  payload->len);
	if (l->out.len > LINK_OUT_MAX)
		return err_create(ERR_INFRA, "the agent does not read its messages");
	frame_encode(&l->out, (uint16_t)type, l->seq++, buf_str(payload), payload->len);
	return link_flush(l);
}

short link_events(const struct link *l)
{
	return (short)(POLLIN | (l->out.len ? POLLOUT : 0));
}

struct err *link_fill(struct link *l)
{
	char chunk[65536];
	ssize_t n;

	if (l->fd < 0)
		return NULL;
	n = read(l->fd, chunk, sizeof(chunk));
	if (n > 0) {
		frame_decoder_feed(&l->in, chunk, (size_t)n);
		return NULL;
	}
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return NULL;
	close_fd(&l->fd);
	l->fd = -1;
	if (frame_decoder_partial(&l->in))
		return err_create(ERR_INFRA, "the channel ended in the middle of a frame");
	return NULL;
}
