/* SPDX-License-Identifier: GPL-2.0-only */
#include "inject/ops/mutator.h"

#include <string.h>

const struct mutator mutators[] = {
	{ "truncate", "fs", WAIT_MUST, 0, 0, "ftruncate to a size" },
	{ "punch", "fol", WAIT_MUST, 0, FILESYSTEM_PUNCH, "fallocate PUNCH_HOLE" },
	{ "zero", "fol", WAIT_MUST, 0, FILESYSTEM_ZERO, "fallocate ZERO_RANGE" },
	{ "collapse", "fol", WAIT_MUST, 0, FILESYSTEM_SHIFT, "fallocate COLLAPSE_RANGE" },
	{ "insert", "fol", WAIT_MUST, 0, FILESYSTEM_SHIFT, "fallocate INSERT_RANGE" },
	{ "falloc", "fol", WAIT_MAY, 0, FILESYSTEM_PREALLOCATION, "fallocate mode 0" },
	{ "clone", "ff", WAIT_MUST, 0, FILESYSTEM_REFLINK, "FICLONE of SOURCE over DESTINATION" },
	{ "clone-range", "folfo", WAIT_MUST, 0, FILESYSTEM_REFLINK,
	  "FICLONERANGE of a range of SOURCE over DESTINATION" },
	{ "dedupe", "folfo", WAIT_MUST, 0, FILESYSTEM_REFLINK,
	  "FIDEDUPERANGE of a range of DESTINATION onto SOURCE" },
	{ "exchange", "folfo", WAIT_MUST, MUTATOR_OPTIONAL, FILESYSTEM_EXCHANGE,
	  "XFS_IOC_EXCHANGE_RANGE between two ranges (from 6.10 on)" },
	{ "write", "fol", WAIT_NEVER, 0, 0, "pwrite of new bytes" },
	{ "read", "fol", WAIT_NEVER, 0, 0, "pread" },
	{ "load", "mol", WAIT_NEVER, 0, 0, "a load from every page of a mapping's range" },
	{ "store", "mol", WAIT_NEVER, 0, 0, "new bytes stored to a mapping's range" },
	{ "hwpoison", "mo", WAIT_NEVER, MUTATOR_SPOILS | MUTATOR_OPTIONAL, 0,
	  "MADV_HWPOISON of a page" },
	{ "unlink", "f", WAIT_MAY, MUTATOR_LAST_CLOSE, 0, "unlink and last close" },
	{ "umount", "", WAIT_MAY, MUTATOR_LAST_CLOSE | MUTATOR_NO_FILE, 0,
	  "last close of every file, then umount" },
	{ "unbind", "", WAIT_MAY, MUTATOR_NO_FILE | MUTATOR_SPOILS, 0,
	  "the namespace's driver lets go of it, with the filesystem mounted" },
	{ NULL, NULL, WAIT_MAY, 0, 0, NULL },
};

const struct mutator *mutator_find(const char *name)
{
	for (const struct mutator *m = mutators; m->name; m++)
		if (strcmp(m->name, name) == 0)
			return m;
	return NULL;
}

void mutator_call_deinit(struct mutator_call *call)
{
	for (int i = 0; i < MUTATOR_FILES_MAX; i++)
		free(call->file[i]);
	free(call->map);
	*call = (struct mutator_call){ 0 };
}
