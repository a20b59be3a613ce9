/* SPDX-License-Identifier: GPL-2.0-only */
/* Files that a test makes below its own folder, the array top, which stands before this. */
#ifndef GUESTS_TESTS_MADE_FILES_H
#define GUESTS_TESTS_MADE_FILES_H

#include <string.h>

#include "base/files.h"
#include "base/program.h"

static inline void ok(struct err *err)
{
	if (err)
		fail_msg("%s", err->message);
}

static inline void run(const char *const argv[])
{
	_cleanup_buf_ struct buf out = BUF_INIT;

	ok(run_program(argv, 60000, &out));
}

static inline void put(const char *name, const void *bytes, size_t len)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", top, name);
	_cleanup_free_ char *dir = xstrndup(path, (size_t)(strrchr(path, '/') - path));

	ok(dir_create(dir));
	ok(file_write_atomic(path, bytes, len));
}

static inline void put_text(const char *name, const char *text)
{
	put(name, text, strlen(text));
}

#endif
