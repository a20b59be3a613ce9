// SPDX-License-Identifier: GPL-2.0-only
#include "guests/archive/bzimage.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *bytes = xcalloc(size ? size : 1, 1);
	char release[BZIMAGE_RELEASE_MAX];
	size_t at, len;

	if (size)
		memcpy(bytes, data, size);
	if (!bzimage_check(bytes, size, release)) {
		require(*release && memchr(release, '\0', sizeof(release)));
		require(!strpbrk(release, "/ \n\033"));
	}
	if (bzimage_payload(bytes, size, &at, &len))
		require(len && at <= size && len <= size - at);
	return 0;
}
