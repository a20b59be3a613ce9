/* SPDX-License-Identifier: GPL-2.0-only */
#include "wire/filesystem/filesystem.h"

const struct filesystem filesystem_xfs = {
	.name = "xfs",
	.summary = "with reflink and reverse mapping",
	.features = FILESYSTEM_REFLINK | FILESYSTEM_EXCHANGE | FILESYSTEM_PREALLOCATION |
		    FILESYSTEM_PUNCH | FILESYSTEM_ZERO | FILESYSTEM_SHIFT,
	.module = "xfs",
	.config = { { "CONFIG_XFS_FS", "cases on xfs" } },
	.package = "xfsprogs",
	/* 2 MiB stripes align extents so that a mapping can have PMD entries */
	.mkfs = { "mkfs.xfs", "-f", "-q", "-K", "-m", "reflink=1,rmapbt=1", "-d", "su=2m,sw=1" },
	/*
	 * Without -P as many threads read ahead as there are groups; phase 2 begins and ends
	 * 32 three times; the cache is sized for a large disk. In an emulated guest it takes
	 * 2.5 times as long that way.
	 */
	.fsck = { "xfs_repair", "-n", "-P", "-o", "phase2_threads=1", "-o", "bhash=64" },
	.progress = { "Phase ", "No modify flag" },
	.dax = "dax=always",
	.no_dax = "dax=never",
	.files_at = 5ull << 20,
	/* an inode is taken apart when its unlink is long over: xfs_inodegc_worker() */
	.frees_late = true,
	.busy_page_in = "xfs_ilock2_io_mmap", /* 6.12 */
	/* the free-space header of group 0 lies in sector 1 */
	.checked = { { 512, "XAGF", 0x34 }, { 4096, "XAGF", 0x34 } },
};
