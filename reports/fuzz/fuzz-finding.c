// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "reports/record/finding.h"
#include "fuzz/fuzz.h"

/* The list that is made of a finding must parse, and say the same. */
static void check_list(const struct known *k)
{
	_cleanup_buf_ struct buf list = BUF_INIT;
	struct known again;

	findings_list(k, &list);
	require(fuzz_ok(known_parse("list", buf_str(&list), list.len, &again)));
	require(again.n == k->n && again.nr_findings == k->nr_findings);
	require(again.findings[0].severity == k->findings[0].severity);
	require(strcmp(again.findings[0].title, k->findings[0].title) == 0);
	for (size_t i = 0; i < k->n; i++) {
		require(strcmp(again.v[i].cases, k->v[i].cases) == 0);
		require(strcmp(again.v[i].found, k->v[i].found) == 0);
	}
	known_deinit(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);
	_cleanup_buf_ struct buf page = BUF_INIT;
	struct known k = { 0 };

	if (fuzz_ok(finding_parse("file", "name", text, size, &k))) {
		require(k.nr_findings == 1 && k.n >= 1 && *k.findings[0].prose);
		check_list(&k);
		findings_markdown(&k, "", "", &page);
		if (fuzz_ok(findings_order(&k)))
			require(!k.findings[0].after);
	}
	known_deinit(&k);
	return 0;
}
