/* SPDX-License-Identifier: GPL-2.0-only */
#include <fcntl.h>
#include <unistd.h>

#include "base/arch.h"
#include "guests/agent/agent.h"
#include "guests/agent/parse.h"

/* NULL-terminated; free() it. */
static const char **wanted(const char *const *const *lists)
{
	const char **names = xcalloc(2, sizeof(*names));
	size_t n = 0;

	names[n++] = ARCH_HERE->vmemmap_symbol;
	for (; *lists; lists++) {
		for (const char *const *name = *lists; *name; name++) {
			names = xrealloc(names, n + 2, sizeof(*names));
			names[n++] = *name;
		}
	}
	names[n] = NULL;
	return names;
}

void hello_symbols(const char *const *const *lists, struct buf *out)
{
	const char **symbols = wanted(lists);
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
	free(symbols);
	if (fd >= 0)
		close(fd);
}
