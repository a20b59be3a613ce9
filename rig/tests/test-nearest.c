// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "base/nearest.h"

static const char *const names[] = {
	"punch", "punch-waits", "truncate", "rdma", "rdma-odp", "fs", "xfs", "ext4", "s", NULL,
};

static const struct {
	const char *word, *nearest; /* NULL: no name is near */
} words[] = {
	{ "punch", "punch" },
	{ "punhc", "punch" }, /* a swap is one edit */
	{ "pnuch", "punch" },
	{ "unpch", NULL },
	{ "punc", "punch" },
	{ "ppunch", "punch" },
	{ "pinch", "punch" },
	{ "pincc", NULL },
	{ "punchwaits", "punch-waits" },
	{ "puhcn-wiats", "punch-waits" },
	{ "punch-awtsi", "punch-waits" },
	{ "truncaet", "truncate" },
	{ "turncaet", "truncate" },
	{ "utrncaet", NULL }, /* three edits */
	{ "rdam", "rdma" },
	{ "rdma-odq", "rdma-odp" },
	{ "xsf", "xfs" },
	{ "sf", "fs" },
	{ "f", NULL },
	{ "gs", "fs" },
	{ "ext3", "ext4" },
	{ "EXT4", NULL },
	{ "", NULL },
	{ "punch-waits-for-something-that-is-longer-than-any-name-there-ever-was", NULL },
};

static void test_nearest(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		struct nearest n = { .word = words[i].word };

		nearest_offer_all(&n, names);
		if (!n.name != !words[i].nearest ||
		    (n.name && strcmp(n.name, words[i].nearest) != 0))
			fail_msg("'%s': expected '%s', got '%s'", words[i].word, words[i].nearest,
				 n.name);
	}
}

static void test_first_of_equals(void **state)
{
	struct nearest n = { .word = "pinch" };

	(void)state;
	nearest_offer(&n, "pitch");
	nearest_offer(&n, "punch");
	assert_string_equal(n.name, "pitch");
	nearest_offer(&n, "pinch");
	assert_string_equal(n.name, "pinch");
}

/* The table has one row and column more than the longest word has letters. */
static void test_longest(void **state)
{
	char word[62], name[62];
	struct nearest n = { .word = word };

	(void)state;
	memset(word, 'a', sizeof(word));
	memset(name, 'a', sizeof(name));
	word[60] = name[60] = '\0';
	word[59] = 'b';
	nearest_offer(&n, name);
	assert_ptr_equal(n.name, name);
	word[60] = 'b';
	word[61] = '\0';
	n.name = NULL;
	nearest_offer(&n, name);
	assert_null(n.name);
}

static void assert_text(const char *word, const char *otherwise, const char *expected)
{
	struct nearest n = { .word = word };
	_cleanup_err_ struct err *err = NULL;

	nearest_offer_all(&n, names);
	err = nearest_err(&n, "operation", otherwise);
	assert_int_equal(err->code, ERR_USAGE);
	assert_string_equal(err->message, expected);
}

static void test_text(void **state)
{
	(void)state;
	assert_text("punhc", "see the list", "no operation 'punhc'; did you mean 'punch'?");
	assert_text("walk", "see the list", "no operation 'walk'; see the list");
	assert_text("w\033[2J", NULL, "no operation 'w\\x1b[2J'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_first_of_equals),
		cmocka_unit_test(test_longest),
		cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
