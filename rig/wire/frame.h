/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frames on the virtio-serial channel between host and agent. Pure.
 *
 *   magic u32 | type u16 | seq u16 | len u32 | crc u32 (of the payload) | payload
 *
 * All little-endian. seq counts the frames of one direction from 0, so that the
 * reader notices a lost or repeated frame. Neither side trusts the other: an
 * invalid header ends the stream for good, there is no resynchronising.
 */
#ifndef WIRE_FRAME_H
#define WIRE_FRAME_H

#include "base/buf.h"
#include "base/err.h"

#define FRAME_HEADER 16u
#define FRAME_PAYLOAD_MAX 65536u

struct frame {
	uint16_t type;		/* enum msg_type, not checked here */
	const uint8_t *payload; /* belongs to the decoder; valid until its next call */
	size_t len;
};

/* Appends one frame to @out. @len is at most FRAME_PAYLOAD_MAX. */
void frame_encode(struct buf *out, uint16_t type, uint16_t seq, const void *payload, size_t len);

struct frame_decoder {
	struct buf in;
	size_t used; /* bytes of in that belong to the last frame */
	uint16_t seq;
	bool broken;
};

void frame_decoder_init(struct frame_decoder *d);
void frame_decoder_deinit(struct frame_decoder *d);

/* Adds received bytes, in pieces of any size. */
void frame_decoder_feed(struct frame_decoder *d, const void *data, size_t len);

/*
 * Sets *@got, and fills @f if a complete frame has arrived. An error (bad magic,
 * size, checksum or sequence) is final: every later call fails, too.
 */
struct err *frame_decoder_next(struct frame_decoder *d, struct frame *f, bool *got) __must_check;

/* True if @d holds part of a frame: at the end of the stream, it was cut. */
bool frame_decoder_partial(const struct frame_decoder *d);

#endif
