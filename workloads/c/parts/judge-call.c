/* SPDX-License-Identifier: GPL-2.0-only */
#include "report.c"

/* @ret of a system call that ends with this errno, 0: success. */
static void judge_call(const char *name, long ret, int want)
{
	int got = ret ? errno : 0;

	if (got != want)
		fail("%s ends with %s, not %s", name, got ? strerror(got) : "success",
		     want ? strerror(want) : "success");
}
