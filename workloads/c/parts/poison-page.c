/* SPDX-License-Identifier: GPL-2.0-only */
#include "guard.c"
#include "report.c"
#include <sys/mman.h>

/* The kernel treats the page as broken memory, and must tell who maps it by SIGBUS. */
static long poison_page(char *at)
{
	long ret;

	catch_faults();
	poisoned = 0;
	ret = madvise(at, 4096, MADV_HWPOISON);
	if (ret && errno == EPERM)
		skip("it needs root");
	if (ret && (errno == EINVAL || errno == EOPNOTSUPP))
		skip("the kernel cannot poison a page: it has no MADV_HWPOISON");
	if (!ret && !poisoned)
		fail("no SIGBUS came for a poisoned page that is mapped");
	return ret;
}
