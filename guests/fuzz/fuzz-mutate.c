/* SPDX-License-Identifier: GPL-2.0-only */
/* Mutations of any text: each keeps the number of lines, and is a patch of this text. */
#include <string.h>

#include "fuzz/fuzz.h"
#include "guests/build/patch.h"
#include "guests/mutate/mutation.h"

#define TRIED_MAX 64 /* mutations of one text: all of them take too long */

static bool take_all(void *arg, const char *file, const char *function)
{
	(void)arg;
	(void)file;
	return *function;
}

static size_t lines(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += *s == '\n';
	return n;
}

static void check(const struct mutation *m, const char *text)
{
	_cleanup_free_ char *new = mutation_apply(m, text), *name = mutation_name(m, text);
	_cleanup_patch_ struct patch patch = PATCH_INIT;
	_cleanup_buf_ struct buf file = BUF_INIT, shown = BUF_INIT;
	_cleanup_err_ struct err *err = NULL;

	require(lines(new) == lines(text) && *name);
	mutation_write(m, text, "7.2", &file);
	mutation_show(m, text, &shown);
	require(lines(buf_str(&shown)) == 2);
	err = patch_parse("x", buf_str(&file), &patch);
	require(!err && patch.n == 1 && !strcmp(patch.files[0].path, "fs/x.c"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* a source ends with a newline */
	_cleanup_free_ char *bytes = fuzz_text(data, size);
	_cleanup_free_ char *text = xasprintf("%s\n", bytes);
	struct mutation_list l = { 0 };

	mutation_find("fs/x.c", text, take_all, NULL, &l);
	mutation_draw(&l, size);
	for (size_t i = 0; i < MIN(l.n, TRIED_MAX); i++)
		check(&l.v[i], text);
	mutation_list_deinit(&l);
	return 0;
}
