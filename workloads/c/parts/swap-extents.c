/* SPDX-License-Identifier: GPL-2.0-only */
#include <linux/ioctl.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

/*
 * XFS_IOC_SWAPEXT and its argument, of fs/xfs/libxfs/xfs_fs.h (7.2); of the target's struct xfs_bstat
 * in it the kernel looks at two times.
 */
struct swap_time {
	int64_t sec;
	int32_t nsec, pad;
};

struct swap_extents {
	int64_t version, target, tmp, off, len;
	char pad[16];
	uint64_t before[5];
	struct swap_time atime, mtime, ctime;
	uint64_t after[6];
};

#define SWAPEXT _IOWR('X', 109, struct swap_extents)

static long swap_extents(int target, int tmp)
{
	struct swap_extents arg = { .target = target, .tmp = tmp };
	struct stat st;

	if (fstat(target, &st))
		return -1;
	arg.len = st.st_size;
	arg.mtime.sec = st.st_mtim.tv_sec;
	arg.mtime.nsec = (int32_t)st.st_mtim.tv_nsec;
	arg.ctime.sec = st.st_ctim.tv_sec;
	arg.ctime.nsec = (int32_t)st.st_ctim.tv_nsec;
	return ioctl(target, SWAPEXT, &arg);
}
