// SPDX-License-Identifier: GPL-2.0-only
/* A scenario: expanded, parsed, and played by the model. */
#include "fuzz/fuzz.h"
#include "workloads/model/derive.h"
#include "workloads/lang/scenario.h"

#define VARIANTS_PLAYED 4 /* the others differ in a word */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);
	struct scenario_variants variants;

	if (!fuzz_ok(scenario_expand("s", text, size, &variants)))
		return 0;
	for (size_t i = 0; i < MIN(variants.n, VARIANTS_PLAYED); i++) {
		const char *t = variants.v[i].text;
		struct scenario *s = NULL;

		if (!fuzz_ok(model_parse("s", t, strlen(t), &s)))
			continue;
		for (unsigned int k = 0; k < s->nr_steps; k++)
			require(s->steps[k].text && s->steps[k].line);
		require(s->fs);
		scenario_blocks_ms(s);
		scenario_free(s);
	}
	scenario_variants_deinit(&variants);
	return 0;
}
