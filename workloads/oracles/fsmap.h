/* SPDX-License-Identifier: GPL-2.0-only */
/* What the filesystem says of its blocks, for freed-blocks.c. */
#ifndef WORKLOADS_ORACLES_FSMAP_H
#define WORKLOADS_ORACLES_FSMAP_H

#include "base/util.h"

/* Bytes of the filesystem's device. */
struct extent {
	uint64_t at, len;
};

/*
 * The first @max extents that [@off, @off + @len) of a file lies in. How many,
 * or -errno. The call waits for whoever has the inode locked.
 */
int fsmap_of_file(int fd, uint64_t off, uint64_t len, struct extent *out, unsigned int max);

/*
 * Whether any of @e is free space of the filesystem of @fd: 1 and the first such part in
 * @out, 0 or -errno. xfs tells it at once, ext4 once its journal was committed
 * (ext4_free_data is on the transaction's list until then, 6.1 to 7.2).
 */
int fsmap_free(int fd, const struct extent *e, struct extent *out);

#endif
