// SPDX-License-Identifier: GPL-2.0-only
#include "plan/plan.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char one[] = "file a 4K written\ncheck a\n";
	const struct plan_source lib[] = {
		{ (char *)"one", (char *)"one.scn", one, sizeof(one) - 1, NULL },
		{ (char *)"two-one", (char *)"two-one.scn", one, sizeof(one) - 1, NULL },
	};
	_cleanup_free_ char *text = fuzz_text(data, size);
	struct plan plan = { 0 };

	fuzz_ok(plan_parse(&plan, "p", text, size, lib, ARRAY_SIZE(lib)));
	require(plan.batch <= 1000 || plan.nr_cases == 0);
	require(plan.nr_cases <= matrix_size() + 4);
	for (size_t i = 0; i < plan.nr_cases; i++)
		require(*plan.cases[i].name && plan.cases[i].fs);
	plan_deinit(&plan);
	return 0;
}
