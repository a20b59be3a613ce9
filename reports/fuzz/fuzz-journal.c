// SPDX-License-Identifier: GPL-2.0-only
/* A journal, and the head of a record, that somebody handed on. */
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz/fuzz.h"
#include "reports/record/journal.h"
#include "reports/record/run-json.h"

/* The bytes as a file; closing it removes it. */
static int as_file(const uint8_t *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	require(fd >= 0 && write(fd, data, size) == (ssize_t)size && !lseek(fd, 0, SEEK_SET));
	return fd;
}

static void read_lines(const uint8_t *data, size_t size)
{
	struct journal_reader r = { .fd = as_file(data, size), .path = xstrdup("j"), .raw = true };
	struct journal_line line = { .kind = JOURNAL_HEAD };

	while (line.kind != JOURNAL_NOTHING) {
		if (!fuzz_ok(journal_next(&r, &line)))
			break;
		require((line.kind == JOURNAL_CASE) == (line.rec != NULL));
		require(!line.rec || line.rec->raw);
		journal_line_deinit(&line);
	}
	require(r.lines <= size);
	journal_line_deinit(&line);
	journal_reader_close(&r);
}

static void read_verdicts(const uint8_t *data, size_t size)
{
	struct journal_reader r = { .fd = as_file(data, size), .path = xstrdup("j") };
	enum verdict verdict;
	bool over = false;
	size_t n = 0;

	while (!over && fuzz_ok(journal_next_verdict(&r, &verdict, &over)))
		require(n++ <= size);
	journal_reader_close(&r);
}

static void read_head(const uint8_t *data, size_t size)
{
	int fd = as_file(data, size);
	_cleanup_free_ char *path = xasprintf("/proc/self/fd/%d", fd);
	struct run_summary s;

	if (fuzz_ok(run_json_read_head(path, &s)))
		run_summary_deinit(&s);
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_lines(data, size);
	read_verdicts(data, size);
	read_head(data, size);
	return 0;
}
