/* SPDX-License-Identifier: GPL-2.0-only */
/* A test's own folder, files in it, and errors that fail the test; include cmocka.h first. */
#ifndef RIG_TESTS_SCRATCH_H
#define RIG_TESTS_SCRATCH_H

#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/program.h"

static inline void ok(struct err *err)
{
	if (err)
		fail_msg("%s", err->message);
}

/* Runs @argv (NULL after the last), which must succeed. */
static inline void run_ok(const char *const argv[])
{
	_cleanup_buf_ struct buf out = BUF_INIT;

	ok(run_program(argv, 60000, &out));
}

/* Writes the file @name below @dir; makes its folders. */
static inline void put_bytes(const char *dir, const char *name, const void *bytes, size_t len)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", dir, name);
	_cleanup_free_ char *above = xstrndup(path, (size_t)(strrchr(path, '/') - path));

	ok(dir_create(above));
	ok(file_write_atomic(path, bytes, len));
}

/* For cmocka: *@state is the path of an empty folder until scratch_remove(). */
static inline int scratch_make(void **state)
{
	*state = xstrdup("/tmp/daxrig-test-XXXXXX");
	return mkdtemp(*state) ? 0 : -1;
}

static inline int scratch_remove(void **state)
{
	err_free(tree_remove(*state));
	free(*state);
	return 0;
}

/* Empties @dir, makes the folder "precious" with a file in it, and runs @script there. */
static inline void shell_anew(const char *dir, const char *script)
{
	_cleanup_free_ char *whole = xasprintf("umask 022; rm -rf '%s'/*; cd '%s'; mkdir -m 700 "
					       "precious; >precious/file; %s",
					       dir, dir, script);

	run_ok((const char *const[]){ "sh", "-ec", whole, NULL });
}

#endif
