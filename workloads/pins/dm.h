/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Device-mapper by ioctl on /dev/mapper/control: linear devices that can be
 * suspended, so that I/O to them stays in flight. /dev must be a devtmpfs.
 * Every function returns 0 or -errno.
 */
#ifndef WORKLOADS_PINS_DM_H
#define WORKLOADS_PINS_DM_H

#include "base/util.h"

/* The name of every device that daxrig makes begins with it. */
#define DM_PREFIX "daxrig-"

struct dm {
	char name[64]; /* device-mapper's name */
	char path[32]; /* its node: "/dev/dm-3" */
};

/* Makes @name a linear map of the first @bytes (of 512 each) of block device @backing. */
int dm_create(struct dm *d, const char *name, const char *backing, uint64_t bytes);

/*
 * Until dm_resume() the device holds back all bios; a filesystem on it is not frozen.
 */
int dm_suspend(struct dm *d);
int dm_resume(struct dm *d);

/* Removes it at once, or at its last close. */
int dm_remove(struct dm *d);

#endif
