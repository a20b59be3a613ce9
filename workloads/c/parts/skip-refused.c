/* SPDX-License-Identifier: GPL-2.0-only */
#include "judge-call.c"
#include "refusal.c"

/* @ret of a call that succeeds, or is refused: then there is nothing to judge. */
static void skip_refused(const char *name, long ret)
{
	static char why[80];

	snprintf(why, sizeof(why), "%s is refused", name);
	if (ret && is_refusal(errno))
		skip(why);
	judge_call(name, ret, 0);
}
