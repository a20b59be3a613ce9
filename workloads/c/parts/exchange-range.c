/* SPDX-License-Identifier: GPL-2.0-only */
#include <linux/ioctl.h>
#include <stdint.h>
#include <sys/ioctl.h>

/* XFS_IOC_EXCHANGE_RANGE of Linux 6.10; its flags are 0. */
struct exchange_range {
	int32_t file1;
	uint32_t pad;
	uint64_t off1, off2, len, flags;
};

#define EXCHANGE_RANGE _IOW('X', 129, struct exchange_range)

static long exchange_range(int file1, long off1, long len, int file2, long off2)
{
	struct exchange_range arg = { .file1 = file1, .off1 = off1, .off2 = off2, .len = len };

	return ioctl(file2, EXCHANGE_RANGE, &arg);
}
