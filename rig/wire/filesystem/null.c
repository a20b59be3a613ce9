/* SPDX-License-Identifier: GPL-2.0-only */
/* What every row has, and nothing that one may lack. */
#include "wire/filesystem/filesystem.h"

const struct filesystem filesystem_null = {
	.name = "null",
	.summary = "is none",
	.module = "null",
	.config = { { "CONFIG_NULL", "cases on null" } },
	.package = "coreutils",
	.mkfs = { "true" },
	.fsck = { "true" },
	.dax = "dax=always",
	.no_dax = "dax=never",
	.checked = { { 0, "", 0 } },
};
