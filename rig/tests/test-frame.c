/* SPDX-License-Identifier: GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "wire/frame.h"

/* Offsets in a header. */
enum { AT_MAGIC = 0, AT_TYPE = 4, AT_SEQ = 6, AT_LEN = 8, AT_CRC = 12 };

static void expect_frame(struct frame_decoder *d, uint16_t type, const char *payload)
{
	struct frame f;
	bool got;
	struct err *err = frame_decoder_next(d, &f, &got);

	if (err)
		fail_msg("%s", err->message);
	assert_true(got);
	assert_int_equal(f.type, type);
	assert_int_equal(f.len, strlen(payload));
	assert_memory_equal(f.payload, payload, f.len);
}

static void expect_nothing(struct frame_decoder *d)
{
	struct frame f;
	bool got = true;

	assert_null(frame_decoder_next(d, &f, &got));
	assert_false(got);
}

/* The decoder stays broken: more bytes, even of a valid frame, do not repair it. */
static void expect_broken(struct frame_decoder *d)
{
	struct buf more = BUF_INIT;
	struct frame f;
	bool got = true;

	for (int i = 0; i < 2; i++) {
		struct err *err = frame_decoder_next(d, &f, &got);

		assert_non_null(err);
		assert_false(got);
		err_free(err);
		frame_encode(&more, 1, (uint16_t)i, "x", 1);
		frame_decoder_feed(d, more.data, more.len);
	}
	buf_deinit(&more);
}

static void round_trip(void **state)
{
	struct frame_decoder d;
	struct buf b = BUF_INIT;

	(void)state;
	frame_decoder_init(&d);
	frame_encode(&b, 7, 0, "hello", 5);
	frame_encode(&b, 8, 1, "", 0);
	frame_encode(&b, 65535, 2, "last", 4);
	frame_decoder_feed(&d, b.data, b.len);
	expect_frame(&d, 7, "hello");
	assert_true(frame_decoder_partial(&d));
	expect_frame(&d, 8, "");
	expect_frame(&d, 65535, "last");
	expect_nothing(&d);
	assert_false(frame_decoder_partial(&d));
	buf_deinit(&b);
	frame_decoder_deinit(&d);
}

static void byte_by_byte(void **state)
{
	struct frame_decoder d;
	struct buf b = BUF_INIT;

	(void)state;
	frame_decoder_init(&d);
	frame_encode(&b, 7, 0, "hello", 5);
	for (size_t i = 0; i < b.len; i++) {
		expect_nothing(&d);
		assert_int_equal(frame_decoder_partial(&d), i > 0);
		frame_decoder_feed(&d, b.data + i, 1);
	}
	expect_frame(&d, 7, "hello");
	buf_deinit(&b);
	frame_decoder_deinit(&d);
}

static void truncated(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	frame_encode(&b, 7, 0, "hello", 5);
	for (size_t n = 1; n < b.len; n++) {
		struct frame_decoder d;

		frame_decoder_init(&d);
		frame_decoder_feed(&d, b.data, n);
		expect_nothing(&d);
		assert_true(frame_decoder_partial(&d));
		frame_decoder_deinit(&d);
	}
	buf_deinit(&b);
}

static void changed_byte(void **state)
{
	/* The checksum does not cover the type: the reader of the message checks it. */
	static const size_t places[] = { AT_MAGIC,   AT_MAGIC + 3, AT_SEQ,	 AT_SEQ + 1,
					 AT_LEN + 3, AT_CRC,	   FRAME_HEADER, FRAME_HEADER + 4 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		struct frame_decoder d;
		struct buf b = BUF_INIT;

		frame_decoder_init(&d);
		frame_encode(&b, 7, 0, "hello", 5);
		b.data[places[i]] ^= 0x41;
		frame_decoder_feed(&d, b.data, b.len);
		expect_broken(&d);
		buf_deinit(&b);
		frame_decoder_deinit(&d);
	}
}

static void size_limit(void **state)
{
	struct frame_decoder d;
	struct buf b = BUF_INIT;
	char *big = xcalloc(1, FRAME_PAYLOAD_MAX + 1);
	struct frame f;
	bool got;

	(void)state;
	frame_decoder_init(&d);
	frame_encode(&b, 7, 0, big, FRAME_PAYLOAD_MAX);
	frame_decoder_feed(&d, b.data, b.len);
	assert_null(frame_decoder_next(&d, &f, &got));
	assert_true(got);
	assert_int_equal(f.len, FRAME_PAYLOAD_MAX);
	buf_reset(&b);
	frame_encode(&b, 7, 1, big, FRAME_PAYLOAD_MAX + 1);
	/* Refused by its header, before the payload is stored. */
	frame_decoder_feed(&d, b.data, FRAME_HEADER);
	expect_broken(&d);
	free(big);
	buf_deinit(&b);
	frame_decoder_deinit(&d);
}

static void sequence(void **state)
{
	static const uint16_t bad[][2] = { { 0, 0 }, { 0, 2 }, { 1, 0 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct frame_decoder d;
		struct buf b = BUF_INIT;

		frame_decoder_init(&d);
		frame_encode(&b, 1, bad[i][0], "a", 1);
		frame_encode(&b, 1, bad[i][1], "b", 1);
		frame_decoder_feed(&d, b.data, b.len);
		if (bad[i][0] == 0)
			expect_frame(&d, 1, "a");
		expect_broken(&d);
		buf_deinit(&b);
		frame_decoder_deinit(&d);
	}
}

static void sequence_wraps(void **state)
{
	struct frame_decoder d;
	struct buf b = BUF_INIT;

	(void)state;
	frame_decoder_init(&d);
	for (uint32_t i = 0; i < 65538; i++) {
		buf_reset(&b);
		frame_encode(&b, 1, (uint16_t)i, "a", 1);
		frame_decoder_feed(&d, b.data, b.len);
		expect_frame(&d, 1, "a");
	}
	buf_deinit(&b);
	frame_decoder_deinit(&d);
}

static void garbage(void **state)
{
	unsigned int x = 12345;

	(void)state;
	for (int round = 0; round < 500; round++) {
		struct frame_decoder d;
		char junk[64];

		for (size_t i = 0; i < sizeof(junk); i++) {
			x = x * 1103515245 + 12345;
			junk[i] = (char)(x >> 16);
		}
		frame_decoder_init(&d);
		frame_decoder_feed(&d, junk, sizeof(junk));
		expect_broken(&d);
		frame_decoder_deinit(&d);
	}
}

/* The check value of CRC-32. */
static void checksum(void **state)
{
	_cleanup_buf_ struct buf b = BUF_INIT;

	(void)state;
	frame_encode(&b, 1, 0, "123456789", 9);
	assert_memory_equal(b.data + AT_CRC, "\x26\x39\xf4\xcb", 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),	  cmocka_unit_test(byte_by_byte),
		cmocka_unit_test(truncated),	  cmocka_unit_test(changed_byte),
		cmocka_unit_test(size_limit),	  cmocka_unit_test(sequence),
		cmocka_unit_test(sequence_wraps), cmocka_unit_test(garbage),
		cmocka_unit_test(checksum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
