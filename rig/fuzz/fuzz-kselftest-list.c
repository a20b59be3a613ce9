// SPDX-License-Identifier: GPL-2.0-only
/* The list of selftests. */
#include "fuzz/fuzz.h"
#include "plan/kselftest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);
	struct kselftest_list l;

	if (!fuzz_ok(kselftest_list_parse("l", text, size, &l)))
		return 0;
	require(l.n <= KSELFTEST_LINES_MAX);
	for (size_t i = 0; i < l.n; i++) {
		require(kselftest_name_is(l.v[i].name));
		require(!l.v[i].reason || *l.v[i].reason);
	}
	kselftest_list_deinit(&l);
	return 0;
}
