/* SPDX-License-Identifier: GPL-2.0-only */
#include "create.c"
#include "exchange-range.c"
#include <unistd.h>

static void need_exchange(void)
{
	int one = create("one"), two = create("two");

	if (ftruncate(one, 4 * K) || ftruncate(two, 4 * K) || exchange_range(one, 0, 4 * K, two, 0))
		skip("the filesystem has no XFS_IOC_EXCHANGE_RANGE (Linux 6.10, mkfs.xfs -i "
		     "exchange=1)");
	close(one);
	close(two);
	unlink("one");
	unlink("two");
}
