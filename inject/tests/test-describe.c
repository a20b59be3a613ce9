/* SPDX-License-Identifier: GPL-2.0-only */
/* A struct page in words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "inject/tests/made-up-pages.h"

/* In words, for a person: old and new, small and large, owned once and shared. */
static void test_describe(void **state)
{
	struct ledger_layout old = layout(false), new = layout(true);
	struct buf out = BUF_INIT;
	struct err *err;

	(void)state;
	all_idle(false);
	put32(3, REFCOUNT, 1025);
	put64(3, MAPPING_AT, MAPPING);
	put64(3, SHARE, 7);
	assert_null(ledger_describe(&old, &mem, FIRST + 3, &out));
	assert_string_equal(buf_str(&out),
			    "page frame 0x100003, struct page at 0xffffea00040000c0\n"
			    "references 1025, mapped 0, order 0; a page that nothing holds has "
			    "1 reference, up to v6.14\n"
			    "owner: address_space 0xffff888000001000, index 7\n");
	buf_reset(&out);
	all_idle(true);
	make_large(true);
	put32(512, PINCOUNT, 2);
	put32(512, REFCOUNT, 3);
	put64(512, SHARE, 2);
	assert_null(ledger_describe(&new, &mem, FIRST + 600, &out));
	assert_string_equal(buf_str(&out),
			    "page frame 0x100258, struct page at 0xffffea0004009600\n"
			    "a tail page of the folio whose head is page frame 0x100200\n"
			    "references 3, mapped 0, order 9, pins 2; a page that nothing holds "
			    "has 0 references, from v6.15 on\n"
			    "owners: 2 page cache entries (shared)\n");
	buf_reset(&out);
	assert_null(ledger_describe(&new, &mem, FIRST + 1, &out));
	assert_non_null(strstr(buf_str(&out), "\nowner: none\n"));
	err = ledger_describe(&new, &mem, FIRST + PAGES + 5, &out);
	assert_non_null(err);
	err_free(err);
	buf_deinit(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_describe) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
