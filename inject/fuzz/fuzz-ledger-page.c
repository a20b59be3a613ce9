// SPDX-License-Identifier: GPL-2.0-only
/* A layout as a guest sends it, up to an empty line; then the bytes of its struct pages. */
#include "inject/pages/ledger-page.h"
#include "fuzz/fuzz.h"

#define FIRST 0x100000ull /* pfn */

struct memory {
	const uint8_t *data;
	size_t size;
};

/* Guest memory: the input's bytes, repeated. */
static struct err *read_memory(void *arg, uint64_t addr, void *out, size_t len)
{
	const struct memory *m = arg;

	(void)addr;
	if (!m->size)
		return err_create(ERR_INFRA, "no memory");
	for (size_t at = 0; at < len; at += m->size)
		memcpy((char *)out + at, m->data, MIN(m->size, len - at));
	return NULL;
}

static void check(const struct ledger_layout *l, const struct memory *m)
{
	const struct ledger_memory mem = { read_memory, (void *)(uintptr_t)m, NULL };
	const struct ledger_row rows[] = {
		{ .pfn = FIRST + 3, .count = 70, .ptes = 1, .pins = 1, .owners = 1, .name = "a" },
		{ .pfn = FIRST + 512,
		  .count = 512,
		  .pmds = 1,
		  .gets = 1,
		  .owners = 2,
		  .name = "b" },
	};
	struct ledger_result result = LEDGER_RESULT_INIT, idle = LEDGER_RESULT_INIT;

	if (fuzz_ok(ledger_check(l, &mem, rows, ARRAY_SIZE(rows), &result)))
		require(result.wrong <= 1024 && result.rule < RULES);
	if (fuzz_ok(ledger_check_idle(l, &mem, FIRST, 600, &idle)))
		require(idle.wrong <= 600 && idle.rule < RULES);
	ledger_result_deinit(&result);
	ledger_result_deinit(&idle);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);
	char *rest = text, *line;
	struct ledger_layout l;
	struct memory m;

	ledger_layout_init(&l);
	l.vmemmap = 0xffffea0000000000ull;
	while ((line = strsep(&rest, "\n")) && *line)
		ledger_layout_add(&l, line);
	m.data = (const uint8_t *)rest;
	m.size = rest ? (size_t)(text + size - rest) : 0;
	if (!ledger_layout_lacks(&l))
		check(&l, &m);
	return 0;
}
