/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the case's socket and the host's channel. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "guests/agent/case-run.h"

#define DRAIN_MAX 4096 /* datagrams of a case that has ended */

/* Passes one datagram of the case to the host. False if none has arrived. */
bool relay_one(struct case_loop *c, struct case_run *r)
{
	static uint8_t data[FRAME_PAYLOAD_MAX + 2];
	struct buf payload = BUF_INIT;
	uint16_t type;
	ssize_t n = recv(r->link, data, sizeof(data), MSG_DONTWAIT | MSG_TRUNC);

	if (n < 0)
		return errno == EINTR;
	if (n == 0) {
		r->link_over = true;
		return false;
	}
	if (n < (ssize_t)sizeof(type) || n > (ssize_t)sizeof(data)) {
		link_send_log(c->link, "the case sent a malformed message of %zd bytes", n);
		return true;
	}
	memcpy(&type, data, sizeof(type));
	if (type != MSG_STEP && type != MSG_LOG && type != MSG_EVIDENCE && type != MSG_CALL) {
		link_send_log(c->link, "the case sent a message of unexpected type %u", type);
		return true;
	}
	if (type == MSG_CALL && !r->calls++)
		r->asked = now_ns();
	buf_add(&payload, data + sizeof(type), (size_t)n - sizeof(type));
	link_send(c->link, (enum msg_type)type, &payload);
	buf_deinit(&payload);
	return true;
}

void relay_all(struct case_loop *c, struct case_run *r)
{
	for (int i = 0; i < DRAIN_MAX && relay_one(c, r); i++)
		;
}

/* Passes the host's answer to the call that waits; none may, if the case has just ended. */
void relay_reply(struct case_run *r, const struct frame *f)
{
	uint16_t type = MSG_REPLY;
	struct buf data = BUF_INIT;

	if (!r->pid || !r->calls)
		return;
	if (!--r->calls)
		r->deadline += now_ns() - r->asked;
	buf_add(&data, &type, sizeof(type));
	buf_add(&data, f->payload, f->len);
	/* A case that no longer reads is about to end. */
	(void)!send(r->link, data.data, data.len, MSG_DONTWAIT | MSG_NOSIGNAL);
	buf_deinit(&data);
}
