// SPDX-License-Identifier: GPL-2.0-only
#include "guests/agent/btf.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const members[] = { "flags", "mapping", "refcount", "head", "bit" };
	_cleanup_free_ char *bytes = xcalloc(size ? size : 1, 1);
	struct btf b;

	if (size)
		memcpy(bytes, data, size);
	if (btf_init(&b, bytes, size)) {
		uint32_t id = btf_struct(&b, "page");

		require(id < b.count && b.count <= size);
		require(btf_struct_size(&b, id) >= -1);
		for (size_t i = 0; i < ARRAY_SIZE(members); i++)
			require(btf_member_offset(&b, id, members[i]) >= -1);
		btf_enum_value(&b, "pageflags", "PG_head");
	}
	btf_deinit(&b);
	return 0;
}
