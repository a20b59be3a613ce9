// SPDX-License-Identifier: GPL-2.0-only
#include "reports/record/known.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct finding findings[] = {
		{ .rule = (char *)"contract.ends",
		  .found = (char *)"'t' still runs after 2000 ms" },
		{ .rule = (char *)"splat",
		  .found = (char *)"WARNING in f",
		  .detail = (char *)"a\nb" },
	};
	const struct case_record c = {
		.name = (char *)"xfs/4k/rdma/mapped/punch#2",
		.findings = findings,
		.finding_count = 2,
	};
	_cleanup_free_ char *text = fuzz_text(data, size);
	struct known k;
	size_t unknown, row;

	if (!fuzz_ok(known_parse("list", text, size, &k)))
		return 0;
	row = known_of(&k, "7.2.13+deb14-amd64", &c, &unknown);
	require(row <= k.n && unknown <= c.finding_count);
	require(row == k.n || unknown == c.finding_count);
	known_deinit(&k);
	return 0;
}
