/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The agent's end of the channel. Never blocks: data that the host has not yet read
 * waits in @out. Works on a virtio port and, in tests, on a socket.
 */
#ifndef AGENT_LINK_H
#define AGENT_LINK_H

#include "wire/frame.h"
#include "wire/msg.h"

/* While @out holds more bytes than this, the case must wait: nothing is read from it. */
#define LINK_OUT_HIGH (256u << 10)

struct link {
	int fd; /* O_NONBLOCK; belongs to the caller */
	struct frame_decoder in;
	struct buf out;
	uint16_t seq; /* of the next frame to send */
};

void link_init(struct link *l, int fd);
void link_deinit(struct link *l);

/* Queues one frame. msg_fit() cuts a payload that exceeds the frame's limit. */
void link_send(struct link *l, enum msg_type type, const struct buf *payload);
void link_send_log(struct link *l, const char *fmt, ...) __printf(2, 3);

/* Sends text of any length, as several MSG_EVIDENCE of the same name. */
void link_send_evidence(struct link *l, const char *name, const struct buf *text);

/* Writes as much as possible without blocking. Returns 0 or -errno. */
int link_flush(struct link *l);

/* Flushes until all is written, for at most @timeout_ms. Returns 0 or -errno. */
int link_drain(struct link *l, int timeout_ms);

/* Reads what has arrived into @in. Returns bytes, 0 for "nothing now", -EPIPE at the end. */
int link_fill(struct link *l);

/*
 * Fits @payload to the frame's limit, and calls @emit for each resulting payload: the
 * text of evidence is split into several; of any other type there is one, with its
 * longest fields cut.
 */
void msg_fit(enum msg_type type, const struct buf *payload,
	     void (*emit)(void *arg, const void *data, size_t len), void *arg);

#endif
