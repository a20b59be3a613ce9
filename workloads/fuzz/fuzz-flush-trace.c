// SPDX-License-Identifier: GPL-2.0-only
/* Lines of trace_pipe. */
#include "fuzz/fuzz.h"
#include "workloads/model/flush-trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct shadow dirty = SHADOW_INIT;
	uint64_t first, stored = 0;

	while (size) {
		const uint8_t *end = memchr(data, '\n', size);
		size_t len = end ? (size_t)(end - data) : size;
		_cleanup_free_ char *line = fuzz_text(data, len);
		struct writeback w;

		if (trace_line_read(line, len, &w) == TRACE_WRITEBACK) {
			dirty_add(&dirty, w.page % 1000, 1);
			stored++;
			if (w.ino % 2)
				dirty_drop(&dirty, w.page, w.pages);
		}
		data += len + !!end;
		size -= len + !!end;
	}
	require(dirty_count(&dirty, &first) <= stored);
	shadow_deinit(&dirty);
	return 0;
}
