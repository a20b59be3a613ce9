/* SPDX-License-Identifier: GPL-2.0-only */
#include "create.c"
#include "swap-extents.c"
#include <errno.h>
#include <unistd.h>

static void need_swap(void)
{
	int target = create("target"), tmp = create("tmp");

	if (swap_extents(target, tmp) && (errno == ENOTTY || errno == EOPNOTSUPP))
		skip("the filesystem has no XFS_IOC_SWAPEXT");
	close(target);
	close(tmp);
	unlink("target");
	unlink("tmp");
}
