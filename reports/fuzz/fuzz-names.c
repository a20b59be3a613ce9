// SPDX-License-Identifier: GPL-2.0-only
/* What a guest tells of its functions. */
#include "base/code-map.h"
#include "fuzz/fuzz.h"
#include "reports/symbols/names.h"

static void require_plain(const char *s)
{
	for (; *s; s++)
		require(*s > ' ' && *s <= '~');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf text = { .data = fuzz_text(data, size), .len = size };
	struct names n;

	names_parse(&text, &n);
	for (size_t i = 0; i < n.n; i++) {
		require(n.v[i].addr >= CODE_MAP_FROM);
		require(n.v[i].size && n.v[i].size <= NAMES_FUNCTION_MAX);
		require(code_map_byte(n.v[i].addr + n.v[i].size - 1) < CODE_MAP_BYTES);
		require(!i || n.v[i].addr >= n.v[i - 1].addr);
		require(*n.v[i].name);
		require_plain(n.v[i].name);
		require_plain(n.v[i].module);
	}
	names_deinit(&n);
	free(text.data);
	return 0;
}
