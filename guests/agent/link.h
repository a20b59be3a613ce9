/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The agent's end of the channel. Never blocks: what the host does not take yet
 * waits in @out. Works on a virtio port and, in tests, on a socket.
 */
#ifndef AGENT_LINK_H
#define AGENT_LINK_H

#include "wire/frame.h"
#include "wire/msg.h"

/* Above this no more is read from the case: it has to wait for the host. */
#define LINK_OUT_HIGH (256u << 10)

struct link {
	int fd; /* O_NONBLOCK; belongs to the caller */
	struct frame_decoder in;
	struct buf out;
	uint16_t seq; /* of the next frame out */
};

void link_init(struct link *l, int fd);
void link_deinit(struct link *l);

/* Queues one frame; a payload over the frame's limit is cut by msg_fit(). */
void link_send(struct link *l, enum msg_type type, const struct buf *payload);
void link_send_log(struct link *l, const char *fmt, ...) __printf(2, 3);

/* Text of any length as several MSG_EVIDENCE of the same name. */
void link_send_evidence(struct link *l, const char *name, const struct buf *text);

/* Writes what can be written now. 0 or -errno. */
int link_flush(struct link *l);

/* Flushes until all is out, for at most @timeout_ms. 0 or -errno. */
int link_drain(struct link *l, int timeout_ms);

/* Reads what is there into @in. Bytes, 0 for "nothing now", -EPIPE at the end. */
int link_fill(struct link *l);

/*
 * Calls @emit for each payload, every one within the frame's limit, that together
 * say what @payload says: evidence is divided along its text; anything else is
 * one payload with its longest fields cut.
 */
void msg_fit(enum msg_type type, const struct buf *payload,
	     void (*emit)(void *arg, const void *data, size_t len), void *arg);

#endif
