/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mounted by the driver of ext4, as in Debian's kernels: files with block maps, and no journal.
 * A kernel with CONFIG_EXT2_FS has a driver of its own, without fallocate().
 */
#include "wire/filesystem/filesystem.h"

const struct filesystem filesystem_ext2 = {
	.name = "ext2",
	.summary = "by the driver of ext4: with block maps, without a journal",
	.features = FILESYSTEM_PUNCH,
	.optional = FILESYSTEM_PUNCH,
	.module = "fs-ext2",
	.config = { { "CONFIG_EXT4_USE_FOR_EXT2", "cases on ext2" } },
	.package = "e2fsprogs",
	.mkfs = { "mkfs.ext2", "-F", "-q", "-b", "4096", "-E",
		  "stride=512,stripe_width=512,nodiscard,lazy_itable_init=1", "-O",
		  "^resize_inode" },
	.fsck = { "e2fsck", "-fn" },
	.settings = "/etc/mke2fs.conf",
	.progress = { "Pass ", "e2fsck " },
	.dax = "dax", /* "dax=always" is refused: for ext4 alone */
	.no_dax = "",
	.files_at = 2ull << 20,
	/* the count of free blocks of group 0: the descriptors lie in block 1 */
	.checked = { { 4096, "", 0x0c } },
};
