// SPDX-License-Identifier: GPL-2.0-only
/* A glob, up to a newline, and a name. */
#include "base/glob.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *glob = fuzz_text(data, MIN(size, 64));
	char *name = strchr(glob, '\n');
	bool good;

	if (!name)
		return 0;
	*name++ = '\0';
	good = fuzz_ok(glob_check(glob));
	require(good || !glob_match(glob, name));
	/* what has nothing special in it matches itself alone */
	if (!strpbrk(glob, "*?[\\(+@!"))
		require(glob_match(glob, name) == !strcmp(glob, name));
	if (good) {
		_cleanup_free_ char *any = xasprintf("*%s*", glob);
		_cleanup_free_ char *not = xasprintf("!(%s)", glob);

		require(*glob == '(' || !glob_match(glob, name) || glob_match(any, name));
		/* a ")" or "|" of its own would end the choice, or it is too deep in it */
		if (!strpbrk(glob, "|()"))
			require(glob_match(not, name) != glob_match(glob, name));
	}
	return 0;
}
