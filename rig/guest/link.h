/* SPDX-License-Identifier: GPL-2.0-only */
/* The host's end of the channel to one agent. Never blocks. */
#ifndef RIG_LINK_H
#define RIG_LINK_H

#include "base/err.h"
#include "wire/frame.h"
#include "wire/msg.h"

#define LINK_OUT_MAX (4u << 20) /* bytes queued for the agent */

struct link {
	int fd; /* owned, non-blocking; -1 after the agent closed its end */
	struct frame_decoder in;
	struct buf out;
	uint16_t seq;
};

/* Takes ownership of @fd. */
void link_init(struct link *l, int fd);
void link_deinit(struct link *l);

/*
 * Queues a message and sends as much as the socket takes; link_flush() sends the rest. Fails
 * when more than LINK_OUT_MAX bytes are queued already.
 */
struct err *link_send(struct link *l, enum msg_type type, const struct buf *payload) __must_check;
struct err *link_flush(struct link *l) __must_check;

/* The events to poll fd for. */
short link_events(const struct link *l);

/*
 * Reads the available bytes. At the end of the stream closes fd and sets it to -1; fails if
 * the stream ends inside a frame.
 */
struct err *link_fill(struct link *l) __must_check;

/* The next whole frame, as frame_decoder_next(). */
static inline struct err *link_next(struct link *l, struct frame *f, bool *got)
{
	return frame_decoder_next(&l->in, f, got);
}

#endif
