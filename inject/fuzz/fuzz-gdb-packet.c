// SPDX-License-Identifier: GPL-2.0-only
/* The bytes that a gdbstub sends, in pieces. */
#include "inject/gate/gdb-packet.h"
#include "fuzz/fuzz.h"

static void read_packet(const struct buf *packet)
{
	struct gdb_stop stop;
	struct gdb_regs regs;

	require(packet->len <= GDB_PACKET_MAX);
	require(!gdb_stop_parse(packet, &stop) || gdb_is_stop(packet));
	(void)gdb_regs_parse(packet, &regs);
}

static size_t decode(const uint8_t *data, size_t size, size_t piece, struct buf *last)
{
	struct gdb_decoder d;
	size_t packets = 0;
	bool broken = false;

	gdb_decoder_init(&d);
	for (size_t at = 0; at < size; at += piece) {
		enum gdb_event event;

		gdb_decoder_feed(&d, data + at, MIN(piece, size - at));
		do {
			struct err *err;

			event = GDB_EVENT_NONE;
			err = gdb_decoder_next(&d, &event);
			require(!broken || err);
			if (!fuzz_ok(err)) {
				broken = true;
				break;
			}
			if (event != GDB_EVENT_PACKET)
				continue;
			read_packet(&d.packet);
			buf_reset(last);
			buf_add(last, d.packet.data, d.packet.len);
			packets++;
		} while (event != GDB_EVENT_NONE);
	}
	gdb_decoder_deinit(&d);
	return packets;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_buf_ struct buf whole = BUF_INIT, pieces = BUF_INIT, wire = BUF_INIT;
	char copy[64];
	size_t piece;

	if (!size)
		return 0;
	piece = 1 + data[0] % 40;
	require(decode(data, size, piece, &pieces) == decode(data, size, size, &whole));
	require(whole.len == pieces.len && !memcmp(buf_str(&whole), buf_str(&pieces), whole.len));
	gdb_packet_encode(&wire, data, MIN(size, GDB_PACKET_MAX / 4));
	require(decode((const uint8_t *)wire.data, wire.len, piece, &whole) == 1);
	require(whole.len == MIN(size, GDB_PACKET_MAX / 4) &&
		!memcmp(buf_str(&whole), data, whole.len));
	size = MIN(size, sizeof(copy));
	buf_reset(&wire);
	gdb_hex_encode(&wire, data, size);
	require(gdb_hex_decode(buf_str(&wire), wire.len, copy, size));
	require(!memcmp(copy, data, size));
	return 0;
}
