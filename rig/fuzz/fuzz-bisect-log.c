// SPDX-License-Identifier: GPL-2.0-only
/* The log of a bisection: opened, appended to, and read again. */
#include <unistd.h>

#include "base/files.h"
#include "bisect/log.h"
#include "fuzz/fuzz.h"

static char folder[64];

static void remove_all(void)
{
	err_free(tree_remove(folder));
}

static void make_folder(void)
{
	snprintf(folder, sizeof(folder), "/dev/shm/daxrig-fuzz-XXXXXX");
	require(mkdtemp(folder));
	atexit(remove_all);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct log_run run = { .spec = (char *)"deb:6.1",
			       .folder = (char *)"",
			       .why = (char *)"w" };
	_cleanup_free_ char *path = NULL;
	struct bisect_log log, again;
	size_t n;

	if (!*folder)
		make_folder();
	path = xasprintf("%s/log", folder);
	require(fuzz_ok(file_write_atomic(path, data, size)));
	if (!fuzz_ok(bisect_log_open(&log, folder, "a\n", false))) {
		bisect_log_close(&log);
		return 0;
	}
	require(fuzz_ok(bisect_log_run(&log, &run)));
	n = log.n;
	bisect_log_close(&log);
	require(fuzz_ok(bisect_log_open(&again, folder, "a\n", false)));
	require(again.n == n && !strcmp(again.runs[n - 1].spec, run.spec));
	bisect_log_close(&again);
	return 0;
}
