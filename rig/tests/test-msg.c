/* SPDX-License-Identifier: GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "wire/msg.h"

static void round_trip(void **state)
{
	struct buf b = BUF_INIT;
	struct msg_reader r;
	struct msg_field f;
	char *s;

	(void)state;
	msg_put_str(&b, TAG_NAME, "case");
	msg_put_u64(&b, TAG_SEED, 0x1122334455667788u);
	msg_put(&b, TAG_TEXT, "", 0);
	msg_reader_init(&r, (uint8_t *)b.data, b.len);
	assert_true(msg_next(&r, &f));
	assert_int_equal(f.tag, TAG_NAME);
	s = msg_str(&f, 100);
	assert_string_equal(s, "case");
	free(s);
	s = msg_str(&f, 2);
	assert_string_equal(s, "ca");
	free(s);
	assert_int_equal(msg_u64(&f), 0);
	assert_true(msg_next(&r, &f));
	assert_true(msg_u64(&f) == 0x1122334455667788u);
	assert_true(msg_next(&r, &f));
	assert_int_equal(f.len, 0);
	assert_false(msg_next(&r, &f));
	assert_false(r.bad);
	buf_deinit(&b);
}

static void finds(void **state)
{
	struct buf b = BUF_INIT;
	struct msg_field f;

	(void)state;
	msg_put_str(&b, 9999, "unknown");
	msg_put_str(&b, TAG_ARG, "first");
	msg_put_str(&b, TAG_ARG, "second");
	assert_true(msg_find((uint8_t *)b.data, b.len, TAG_ARG, &f));
	assert_memory_equal(f.data, "first", 5);
	assert_false(msg_find((uint8_t *)b.data, b.len, TAG_NAME, &f));
	assert_false(msg_find(NULL, 0, TAG_NAME, &f));
	buf_deinit(&b);
}

static void stops_at_nul(void **state)
{
	struct msg_field f = { .data = (const uint8_t *)"ab\0cd", .len = 5 };
	char *s = msg_str(&f, 100);

	(void)state;
	assert_string_equal(s, "ab");
	free(s);
}

/* Payloads cut anywhere: ASan sees a read past the end. */
static void truncated(void **state)
{
	struct buf b = BUF_INIT;
	size_t whole;

	(void)state;
	msg_put_str(&b, TAG_NAME, "first");
	whole = b.len;
	msg_put_u64(&b, TAG_SEED, 1);
	for (size_t n = 0; n < b.len; n++) {
		uint8_t *cut = xcalloc(n, 1);
		struct msg_reader r;
		struct msg_field f;
		int fields = 0;

		memcpy(cut, b.data, n);
		msg_reader_init(&r, cut, n);
		while (msg_next(&r, &f))
			fields++;
		assert_int_equal(fields, n >= whole);
		assert_int_equal(r.bad, n != 0 && n != whole);
		assert_false(msg_next(&r, &f));
		free(cut);
	}
	buf_deinit(&b);
}

static void past_the_end(void **state)
{
	static const uint32_t lens[] = { 6, 1000, 0x7fffffff, 0xffffffff, 0xfffffffa };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lens); i++) {
		struct buf b = BUF_INIT;
		struct msg_reader r;
		struct msg_field f;

		msg_put_str(&b, TAG_NAME, "12345");
		memcpy(b.data + 2, &lens[i], 4);
		msg_reader_init(&r, (uint8_t *)b.data, b.len);
		assert_false(msg_next(&r, &f));
		assert_true(r.bad);
		assert_false(msg_find((uint8_t *)b.data, b.len, TAG_NAME, &f));
		buf_deinit(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),	cmocka_unit_test(finds),
		cmocka_unit_test(stops_at_nul), cmocka_unit_test(truncated),
		cmocka_unit_test(past_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
