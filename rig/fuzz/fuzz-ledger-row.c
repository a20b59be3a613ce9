// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/fuzz.h"
#include "wire/ledger.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);
	struct ledger_row row, again;
	char out[LEDGER_ROW_MAX];

	if (!ledger_row_parse(text, &row))
		return 0;
	require(row.count <= LEDGER_PAGES_MAX && row.gets <= LEDGER_COUNT_MAX &&
		row.pins <= LEDGER_COUNT_MAX && row.ptes <= LEDGER_COUNT_MAX &&
		row.pmds <= LEDGER_COUNT_MAX);
	ledger_row_format(&row, out);
	require(ledger_row_parse(out, &again));
	require(again.pfn == row.pfn && again.count == row.count && again.index == row.index &&
		again.gets == row.gets && again.pins == row.pins && again.owners == row.owners &&
		!strcmp(again.name, row.name));
	return 0;
}
