// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/fuzz.h"
#include "reports/coverage/scope.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);
	struct scope s;

	if (fuzz_ok(scope_parse(text, &s))) {
		require(s.nr_lines);
		for (size_t i = 0; i < s.nr_lines; i++)
			require(*s.lines[i].file && s.lines[i].nr_globs);
		require(scope_find(&s, "dax_iomap_fault") < (int)s.nr_lines);
	}
	scope_deinit(&s);
	return 0;
}
