/* SPDX-License-Identifier: GPL-2.0-only */
#include "run/self-test.h"

#include <string.h>

#include "base/nearest.h"

#define SELF_TEST_NAME(name, sabotage, next) [sabotage] = name,
#define SELF_TEST_COUNT(name, sabotage, next) +1

/* Indexed by enum sabotage. */
static const char *const self_tests[] = { SELF_TESTS(SELF_TEST_NAME) };

_Static_assert(0 SELF_TESTS(SELF_TEST_COUNT) == SABOTAGES - 1, "every self-test has a name");

const char *self_test_name(enum sabotage sabotage)
{
	return sabotage < SABOTAGES ? self_tests[sabotage] : NULL;
}

struct err *self_test_parse(const char *name, enum sabotage *out)
{
	struct nearest n = { .word = name };

	for (unsigned int i = SABOTAGE_NONE + 1; i < ARRAY_SIZE(self_tests); i++) {
		if (strcmp(name, self_tests[i]) == 0) {
			*out = (enum sabotage)i;
			return NULL;
		}
		nearest_offer(&n, self_tests[i]);
	}
	return nearest_err(&n, "self-test", "see 'daxrig run --help'");
}
