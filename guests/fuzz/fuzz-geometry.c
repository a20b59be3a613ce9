// SPDX-License-Identifier: GPL-2.0-only
#include "guests/geometry.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);
	struct geometry g;

	geometry_init(&g);
	if (!fuzz_ok(geometry_parse(&g, text)))
		return 0;
	require(g.vcpus && g.vcpus <= 64 && g.nvdimms && g.nvdimms <= GEOMETRY_NVDIMMS_MAX);
	require(g.memory >= 256ull << 20 && g.memory <= 1024ull << 30);
	require(geometry_nvdimm_total(&g) <= GEOMETRY_NVDIMMS_MAX * (1024ull << 30));
	for (unsigned int i = 0; i < g.nvdimms; i++)
		require(g.size[i] % g.align == 0 && g.label_size < g.size[i]);
	return 0;
}
