// SPDX-License-Identifier: GPL-2.0-only
/* The record of a pack, which may come from anybody, as a case of a plan. */
#include "guests/geometry.h"
#include "guests/store/kernel-spec.h"
#include "plan/case-pack.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);
	struct kernel_spec spec;
	struct case_pack p;
	struct geometry g;

	if (!fuzz_ok(case_pack_parse("pack", text, size, &p)))
		return 0;
	for (const char *c = p.name; *c; c++)
		require(isalnum((unsigned char)*c) || strchr("+-./_", *c));
	require(*p.name != '/' && strchr(p.name, '/') && strchr(p.name, '/')[1]);
	require(*p.text);
	geometry_init(&g);
	require(!p.geometry || fuzz_ok(geometry_parse(&g, p.geometry)));
	/* nothing of this machine's */
	if (p.kernel) {
		require(fuzz_ok(kernel_spec_parse(p.kernel, &spec)));
		require(spec.kind != KERNEL_SPEC_FILE && spec.kind != KERNEL_SPEC_TREE &&
			spec.kind != KERNEL_SPEC_STORE);
		kernel_spec_deinit(&spec);
	}
	case_pack_deinit(&p);
	return 0;
}
