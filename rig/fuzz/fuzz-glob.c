// SPDX-License-Identifier: GPL-2.0-only
/* Input: a glob, a newline, and a name. */
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
	/* a glob without special characters matches only itself */
	if (!strpbrk(glob, "*?[\\(+@!"))
		require(glob_match(glob, name) == !strcmp(glob, name));
	if (good) {
		_cleanup_free_ char *any = xasprintf("*%s*", glob);
		_cleanup_free_ char *not = xasprintf("!(%s)", glob);

		require(*glob == '(' || !glob_match(glob, name) || glob_match(any, name));
		/* a ")" or "|" of the glob would end the choice; and nesting is limited */
		if (!strpbrk(glob, "|()"))
			require(glob_match(not, name) != glob_match(glob, name));
	}
	return 0;
}
