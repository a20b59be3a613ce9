/* SPDX-License-Identifier: GPL-2.0-only */
/* The host's end of the channel to one agent. Never blocks. */
#ifndef RIG_LINK_H
#define RIG_LINK_H

#include "base/err.h"
#include "wire/frame.h"
#include "wire/msg.h"

#define LINK_OUT_MAX (4u << 20) /* bytes that wait for the other side to read */

struct link {
	int fd; /* owned, non-blocking; -1 once the other side hung up */
	struct frame_decoder in;
	struct buf out;
	uint16_t seq;
};

/* Takes @fd. */
void link_init(struct link *l, int fd);
void link_deinit(struct link *l);

/*
 * Queues a message; it goes out as far as it can at once, the rest by link_flush(). It is an
 * error when more than LINK_OUT_MAX waits already.
 */
struct err *link_send(struct link *l, enum msg_type type, const struct buf *payload) __must_check;
struct err *link_flush(struct link *l) __must_check;

/* What to poll fd for. */
short link_events(const struct link *l);

/*
 * Reads what is there. At the end of the stream fd is closed and -1, and it is an
 * error if that cuts a frame.
 */
struct err *link_fill(struct link *l) __must_check;

/* The next whole frame, as frame_decoder_next(). */
static inline struct err *link_next(struct link *l, struct frame *f, bool *got)
{
	return frame_decoder_next(&l->in, f, got);
}

#endif
