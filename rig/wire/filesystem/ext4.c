/* SPDX-License-Identifier: GPL-2.0-only */
#include "wire/filesystem/filesystem.h"

const struct filesystem filesystem_ext4 = {
	.name = "ext4",
	.summary = "with extents and a journal",
	.features = FILESYSTEM_PREALLOCATION | FILESYSTEM_PUNCH | FILESYSTEM_ZERO |
		    FILESYSTEM_SHIFT,
	.module = "ext4",
	.config = { { "CONFIG_EXT4_FS", "cases on ext4" } },
	.package = "e2fsprogs",
	/* stripes as of xfs */
	.mkfs = { "mkfs.ext4", "-F", "-q", "-b", "4096", "-E",
		  "stride=512,stripe_width=512,nodiscard,lazy_itable_init=1", "-O", "^resize_inode",
		  "-J", "size=16" },
	.fsck = { "e2fsck", "-fn" },
	.settings = "/etc/mke2fs.conf",
	.progress = { "Pass ", "e2fsck " },
	.dax = "dax=always",
	.no_dax = "dax=never",
	.files_at = 132ull << 20,
	/* ext4_free_data is on the transaction's list until then, 6.1 to 7.2 */
	.frees_by_fsync = true,
	/* the count of free blocks of group 0: the descriptors lie in block 1 */
	.checked = { { 4096, "", 0x0c } },
};
