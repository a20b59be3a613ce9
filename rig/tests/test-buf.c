/* SPDX-License-Identifier: GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"

#define LINE "\n[cut: %zu bytes are missing here]\n"

static const struct {
	size_t len, max, head, tail; /* head: all of it, when nothing is cut from the middle */
} cuts[] = {
	{ 0, 0, 0, 0 },	       { 10, 10, 10, 0 },	{ 10, 9, 9, 0 },
	{ 1000, 0, 0, 0 },     { 1000, 127, 127, 0 },	{ 1000, 128, 32, 32 },
	{ 1000, 129, 33, 32 }, { 1000, 999, 468, 467 }, { 1000, 1000, 1000, 0 },
};

static void test_middle_cut(void **state)
{
	char text[1000];

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)('a' + i % 26);
	for (size_t i = 0; i < ARRAY_SIZE(cuts); i++) {
		_cleanup_buf_ struct buf got = BUF_INIT, want = BUF_INIT;

		buf_add_middle_cut(&got, text, cuts[i].len, cuts[i].max);
		buf_add(&want, text, cuts[i].head);
		if (cuts[i].tail) {
			buf_addf(&want, LINE, cuts[i].len - cuts[i].head - cuts[i].tail);
			buf_add(&want, text + cuts[i].len - cuts[i].tail, cuts[i].tail);
		}
		assert_string_equal(buf_str(&got), buf_str(&want));
		assert_true(got.len <= cuts[i].max);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_middle_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
