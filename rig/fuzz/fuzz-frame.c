// SPDX-License-Identifier: GPL-2.0-only
/* Bytes on the channel, in pieces, and the fields of their frames' payloads. */
#include "fuzz/fuzz.h"
#include "wire/frame.h"
#include "wire/msg.h"

static void read_fields(const uint8_t *payload, size_t len)
{
	struct msg_reader r;
	struct msg_field f;
	size_t n = 0;

	msg_reader_init(&r, payload, len);
	while (msg_next(&r, &f)) {
		_cleanup_free_ char *s = msg_str(&f, 100);

		require(strlen(s) <= MIN(f.len, 100));
		require(f.data >= payload && f.data + f.len <= payload + len);
		require(f.len == 8 || !msg_u64(&f));
		require(++n <= len / 6);
	}
}

/* Decodes the bytes in pieces of @piece; returns the number of frames. */
static size_t decode(const uint8_t *data, size_t size, size_t piece)
{
	struct frame_decoder d;
	size_t frames = 0;
	bool broken = false;

	frame_decoder_init(&d);
	for (size_t at = 0; at < size; at += piece) {
		struct frame f;
		bool got = true;

		frame_decoder_feed(&d, data + at, MIN(piece, size - at));
		while (got) {
			struct err *err = frame_decoder_next(&d, &f, &got);

			require(!broken || err);
			require(!err || !got);
			broken |= !fuzz_ok(err);
			if (!got)
				break;
			require(f.len <= FRAME_PAYLOAD_MAX);
			read_fields(f.payload, f.len);
			frames++;
		}
	}
	frame_decoder_deinit(&d);
	return frames;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_buf_ struct buf framed = BUF_INIT;
	size_t piece = 1 + (size ? data[0] % 40 : 0);

	require(decode(data, size, piece) == decode(data, size, MAX(size, 1)));
	for (uint16_t i = 0; i < 2; i++)
		frame_encode(&framed, size ? data[0] : 0, i, data, MIN(size, FRAME_PAYLOAD_MAX));
	require(decode((const uint8_t *)framed.data, framed.len, piece) == 2);
	return 0;
}
