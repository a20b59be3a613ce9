/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "host/accel.h"

static void test_scale(void **state)
{
	(void)state;
	assert_true(accel_scale(0) == 1);
	assert_true(accel_scale(ACCEL_REFERENCE_NS) == 1);
	assert_true(accel_scale(3 * ACCEL_REFERENCE_NS) == 3);
	assert_true(accel_scale(UINT64_MAX) == ACCEL_SCALE_MAX);
}

static void test_recall(void **state)
{
	static const struct {
		const char *text;
		enum accel_wish wish;
		bool found;
		enum domain_accel accel;
	} cases[] = {
		{ "", ACCEL_AUTO, false, 0 },
		{ "k\tauto\ttcg\t7\n", ACCEL_AUTO, true, DOMAIN_ACCEL_TCG },
		{ "k\tauto\ttcg\t7\n", ACCEL_TCG, true, DOMAIN_ACCEL_TCG },
		{ "k\tauto\ttcg\t7\n", ACCEL_KVM, false, 0 },
		{ "k\tkvm\tkvm\t7\n", ACCEL_AUTO, true, DOMAIN_ACCEL_KVM },
		/* a wish for TCG says nothing about KVM */
		{ "k\ttcg\ttcg\t7\n", ACCEL_AUTO, false, 0 },
		{ "x\tauto\tkvm\t7\nk\tauto\ttcg\t7\n", ACCEL_AUTO, true, DOMAIN_ACCEL_TCG },
		{ "k\tauto\tkvm\t7\nk\tauto\ttcg\t7\n", ACCEL_AUTO, true, DOMAIN_ACCEL_KVM },
		{ "kk\tauto\tkvm\t7\n", ACCEL_AUTO, false, 0 },
		{ "k\tauto\tauto\t7\n", ACCEL_AUTO, false, 0 },
		{ "k\tauto\tkvm\t7", ACCEL_AUTO, false, 0 },
		{ "k\tauto\tkvm\t-7\n", ACCEL_AUTO, false, 0 },
		{ "k\tauto\tkvm\t7x\n", ACCEL_AUTO, false, 0 },
		{ "k\tauto\tkvm\nk\tauto\n\n", ACCEL_AUTO, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct accel a = { 0 };

		if (accel_recall(cases[i].text, "k", cases[i].wish, &a) != cases[i].found)
			fail_msg("case %zu", i);
		if (!cases[i].found)
			continue;
		assert_int_equal(a.accel, cases[i].accel);
		assert_int_equal(a.first_line_ns, 7);
		assert_true(a.remembered && a.scale == 1);
		assert_int_equal(a.fell_back,
				 cases[i].wish == ACCEL_AUTO && a.accel == DOMAIN_ACCEL_TCG);
	}
}

static void test_remember(void **state)
{
	const struct accel slow = { .accel = DOMAIN_ACCEL_TCG,
				    .first_line_ns = 2 * ACCEL_REFERENCE_NS };
	char *text = xstrdup(""), *next;
	struct accel a;
	size_t lines = 0;

	(void)state;
	for (int i = 0; i < 100; i++) {
		_cleanup_free_ char *key = xasprintf("key %d", i);

		next = accel_remember(text, key, ACCEL_AUTO, &slow);
		free(text);
		text = next;
	}
	assert_true(accel_recall(text, "key 99", ACCEL_AUTO, &a));
	assert_int_equal(a.first_line_ns, 2 * ACCEL_REFERENCE_NS);
	assert_true(a.scale == 2);
	assert_false(accel_recall(text, "key 0", ACCEL_AUTO, &a));
	for (const char *s = text; *s; s++)
		lines += *s == '\n';
	assert_int_equal(lines, 64);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scale),
		cmocka_unit_test(test_recall),
		cmocka_unit_test(test_remember),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
