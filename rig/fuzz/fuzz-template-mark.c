// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/fuzz.h"
#include "host/template-store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size), *again = NULL;
	struct template_mark m, back;

	if (!template_mark_parse(text, &m))
		return 0;
	require(template_is_key(m.key) && m.nr_files <= TEMPLATE_FILES_MAX);
	for (size_t i = 0; i < m.nr_files; i++)
		require(*m.files[i].name && !strpbrk(m.files[i].name, "/."));
	again = template_mark_format(&m, "a\nb");
	require(template_mark_parse(again, &back));
	require(!strcmp(back.key, m.key) && back.nr_files == m.nr_files);
	for (size_t i = 0; i < m.nr_files; i++)
		require(!strcmp(back.files[i].name, m.files[i].name) &&
			back.files[i].digest.size == m.files[i].digest.size &&
			back.files[i].digest.sum == m.files[i].digest.sum);
	return 0;
}
