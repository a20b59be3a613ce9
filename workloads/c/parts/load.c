/* SPDX-License-Identifier: GPL-2.0-only */
#include "guard.c"

/* Loads a byte of every page; -1 with EFAULT on SIGBUS. */
static long load(const char *at, long len)
{
	const char *end = at + len;
	char byte;

	for (; at < end; at += 4096 - (long)at % 4096)
		if (copy_guarded(&byte, at, 1))
			return -1;
	return 0;
}
