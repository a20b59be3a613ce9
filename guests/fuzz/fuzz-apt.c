// SPDX-License-Identifier: GPL-2.0-only
/* Lists of archives in both forms, the output of apt-cache, and Depends fields. */
#include "guests/store/apt-package.h"
#include "guests/store/apt-sources.h"
#include "guests/store/kernel-deb.h"
#include "fuzz/fuzz.h"

static void read_sources(const char *text, enum apt_format format)
{
	struct apt_sources s = { 0 };
	_cleanup_free_ char *own = NULL, *other = NULL;

	apt_sources_add(&s, text, format);
	own = apt_sources_derive(&s, NULL);
	other = apt_sources_derive(&s, "sid");
	for (const char *const *t = (const char *const[]){ own, other, NULL }; *t; t++)
		require(!strcasestr(*t, "\nTrusted:") && !strcasestr(*t, "\nAllow-Insecure:"));
	apt_sources_deinit(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);
	struct apt_packages list = { 0 };
	size_t at = 0;
	char *part;

	read_sources(text, APT_FORMAT_LIST);
	read_sources(text, APT_FORMAT_DEB822);
	apt_packages_parse(&list, text);
	for (size_t i = 0; i < list.n; i++)
		require(list.v[i].name && list.v[i].version && list.v[i].depends);
	apt_packages_deinit(&list);
	while ((part = kernel_deb_part(text, &at))) {
		require(!strpbrk(part, " ,|(:"));
		free(part);
	}
	return 0;
}
