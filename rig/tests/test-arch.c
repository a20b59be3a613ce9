// SPDX-License-Identifier: GPL-2.0-only
/* The row of this architecture has all fields. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/arch.h"

_Static_assert(sizeof(struct arch) % sizeof(uint64_t) == 0, "fields of 8 bytes only");

static void test_row(void **state)
{
	uint64_t fields[sizeof(struct arch) / sizeof(uint64_t)];

	(void)state;
	memcpy(fields, ARCH_HERE, sizeof(fields));
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (!fields[i])
			fail_msg("the row of %s lacks field %zu of struct arch", ARCH_HERE->name,
				 i + 1);
}

static void test_host(void **state)
{
	(void)state;
	assert_int_equal(sysconf(_SC_PAGESIZE), PAGE);
	assert_int_equal(access(ARCH_HERE->loader, X_OK), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_row),
		cmocka_unit_test(test_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
