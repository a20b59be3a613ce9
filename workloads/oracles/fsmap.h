/* SPDX-License-Identifier: GPL-2.0-only */
/* Asks the filesystem which blocks a file has and which are free; for freed-blocks.c. */
#ifndef WORKLOADS_ORACLES_FSMAP_H
#define WORKLOADS_ORACLES_FSMAP_H

#include "base/util.h"

/* A range of the device of the filesystem, in bytes. */
struct extent {
	uint64_t at, len;
};

/*
 * Gets the first @max extents of [@off, @off + @len) of a file. Returns their number
 * or -errno. Blocks while another task has the inode locked.
 */
int fsmap_of_file(int fd, uint64_t off, uint64_t len, struct extent *out, unsigned int max);

/*
 * Whether any of @e is free space of the filesystem of @fd: 1, with the first free part in
 * @out; 0; or -errno. xfs reports freed blocks at once, ext4 after a commit of its journal
 * (ext4_free_data is on the transaction's list until then, 6.1 to 7.2).
 */
int fsmap_free(int fd, const struct extent *e, struct extent *out);

#endif
