/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <sys/ioctl.h>

/* EBADE: the bytes differ. */
static long dedupe(int src, long off, long len, int dst, long to)
{
	struct file_dedupe_range *arg = calloc(1, sizeof(*arg) + sizeof(arg->info[0]));
	long ret;

	if (!arg)
		return -1;
	arg->src_offset = off;
	arg->src_length = len;
	arg->dest_count = 1;
	arg->info[0].dest_fd = dst;
	arg->info[0].dest_offset = to;
	ret = ioctl(src, FIDEDUPERANGE, arg);
	if (!ret && arg->info[0].status) {
		errno = arg->info[0].status == FILE_DEDUPE_RANGE_DIFFERS ? EBADE :
									   -arg->info[0].status;
		ret = -1;
	}
	free(arg);
	return ret;
}
