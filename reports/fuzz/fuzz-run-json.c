// SPDX-License-Identifier: GPL-2.0-only
/* A record that somebody handed on, read and sorted into kinds. */
#include "reports/record/triage.h"
#include "reports/record/run-json.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);
	struct kinds k = KINDS_INIT;
	struct run_summary s;
	size_t cases = 0;

	if (!fuzz_ok(run_json_parse("record", text, size, &s)))
		return 0;
	require(s.case_count <= RUN_JSON_CASES_MAX);
	for (size_t i = 0; i < s.case_count; i++)
		kinds_add(&k, s.cases[i]->name, s.cases[i]->reason ? s.cases[i]->reason : "");
	kinds_sort(&k);
	for (size_t i = 0; i < k.n; i++) {
		_cleanup_buf_ struct buf where = BUF_INIT;

		kind_add_where(k.v[i], &where);
		cases += k.v[i]->cases;
		require(!i || k.v[i]->cases <= k.v[i - 1]->cases);
	}
	require(cases == s.case_count);
	kinds_deinit(&k);
	run_summary_deinit(&s);
	return 0;
}
