// SPDX-License-Identifier: GPL-2.0-only
/* A diff to apply, and the header of a mutant before it. */
#include "guests/build/mutant.h"
#include "guests/build/patch.h"
#include "fuzz/fuzz.h"

static bool leads_out(const char *path)
{
	return *path == '/' || !strcmp(path, "..") || !strncmp(path, "../", 3) ||
	       strstr(path, "/../") || str_ends(path, "/..");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);
	struct patch p = PATCH_INIT;
	struct mutant m;

	if (fuzz_ok(patch_parse("p", text, &p)))
		require(p.n);
	for (size_t i = 0; i < p.n; i++)
		require(*p.files[i].path && !leads_out(p.files[i].path));
	patch_deinit(&p);
	if (fuzz_ok(mutant_parse("a/m.patch", text, &m)))
		require(m.what && m.rules.n && m.rules.n <= MUTANT_WORDS_MAX && m.sources.n &&
			m.cases.n && m.cases.n <= MUTANT_WORDS_MAX && !strchr(m.what, '\n'));
	mutant_deinit(&m);
	return 0;
}
