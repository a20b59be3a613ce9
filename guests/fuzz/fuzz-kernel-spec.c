// SPDX-License-Identifier: GPL-2.0-only
/* A SPEC of a kernel, up to a newline; then names of packages to choose from. */
#include "guests/store/kernel-spec.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size), *chosen = NULL;
	char *names = text;
	const char *word = strsep(&names, "\n");
	struct kernel_spec spec, again;

	if (!fuzz_ok(kernel_spec_parse(word, &spec)))
		return 0;
	require(spec.text && spec.nr_extras <= KERNEL_SPEC_EXTRAS_MAX);
	require(kernel_spec_is_built(&spec) || !*kernel_spec_extras(&spec));
	/* the text that a record stores must name the same kernel */
	require(fuzz_ok(kernel_spec_parse(spec.text, &again)));
	require(again.kind == spec.kind && !strcmp(again.text, spec.text));
	kernel_spec_deinit(&again);
	if (names && spec.name && fuzz_ok(kernel_spec_choose(&spec, names, &chosen)) && chosen)
		require(kernel_spec_matches(chosen, spec.name));
	kernel_spec_deinit(&spec);
	return 0;
}
