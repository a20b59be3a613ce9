/* SPDX-License-Identifier: GPL-2.0-only */
#include <fcntl.h>
#include <unistd.h>

#include "guests/agent/agent.h"
#include "guests/agent/parse.h"
#include "wire/gate-symbols.h"

/* What the host needs to find its way in the guest's memory. */
static const char *const symbols[] = {
	GATE_SYMBOL_NAMES,
	"vmemmap_base",
	NULL,
};

_Static_assert(ARRAY_SIZE(symbols) - 1 <= GUEST_SYMBOLS_MAX, "too many symbols");

void hello_symbols(struct buf *out)
{
	int fd = open("/proc/kallsyms", O_RDONLY | O_CLOEXEC);
	char *chunk = xcalloc(1, 1 << 16), line[256];
	struct ksym_scan scan;
	ssize_t n;

	ksym_scan_init(&scan, symbols);
	while (fd >= 0 && (n = read(fd, chunk, 1 << 16)) > 0)
		ksym_scan_feed(&scan, chunk, (size_t)n);
	for (size_t i = 0; symbols[i]; i++)
		if (ksym_scan_result(&scan, i, line, sizeof(line)))
			msg_put_str(out, TAG_SYMBOL, line);
	ksym_scan_deinit(&scan);
	free(chunk);
	if (fd >= 0)
		close(fd);
}
