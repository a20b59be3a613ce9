/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/matrix.h"

#include <string.h>

const struct matrix_op matrix_ops[] = {
	{ .name = "truncate-down", .call = "truncate a 1M", .wait = WAIT_MUST },
	{ .name = "truncate-zero", .call = "truncate a 0", .wait = WAIT_MUST },
	{ .name = "truncate-up", .call = "truncate a 6M", .wait = WAIT_MAY, .keeps_pages = true },
	{ .name = "punch", .call = "punch a 2M 64K", .wait = WAIT_MUST },
	{ .name = "zero", .call = "zero a 2M 64K", .wait = WAIT_MUST },
	{ .name = "collapse", .call = "collapse a 2M 64K", .wait = WAIT_MUST },
	{ .name = "insert", .call = "insert a 2M 64K", .wait = WAIT_MUST },
	{ .name = "falloc", .call = "falloc a 2M 64K", .wait = WAIT_MAY, .keeps_pages = true },
	{ .name = "clone", .call = "clone b a", .wait = WAIT_MUST, .other = "written" },
	{ .name = "clone-higher", .call = "clone b a", .wait = WAIT_MUST, .other = "written",
	  .other_first = true },
	{ .name = "clone-range", .call = "clone-range b 2M 64K a 2M", .wait = WAIT_MUST,
	  .other = "written" },
	{ .name = "clone-source", .call = "clone a b", .wait = WAIT_MAY, .other = "written",
	  .keeps_pages = true },
	{ .name = "dedupe", .call = "dedupe b 2M 64K a 2M", .wait = WAIT_MUST,
	  .other = "copy a", .compares = true },
	{ .name = "write", .call = "write a 2M 64K", .wait = WAIT_NEVER, .keeps_pages = true },
	{ .name = "unlink", .call = "unlink a", .wait = WAIT_MAY },
	{ .name = "umount", .call = "umount", .wait = WAIT_MAY },
	{ .name = NULL },
};

static const struct mutator *op_mutator(const struct matrix_op *op)
{
	char word[32] = "";

	memcpy(word, op->call, MIN(strcspn(op->call, " "), sizeof(word) - 1));
	return mutator_find(word);
}

static const char *no_scenario(const struct pin_info *pin, const struct matrix_op *op,
			       enum scenario_fs fs)
{
	if (pin->traits & (PIN_REFUSED | PIN_DEVDAX))
		return "the pin never stands on a file";
	if (!(pin->traits & PIN_LOOKS) && !(pin->traits & PIN_HOLDS))
		return "the pin holds nothing";
	if ((op_mutator(op)->traits & MUTATOR_REFLINK) && fs == FS_EXT4)
		return "ext4 cannot share extents";
	return NULL;
}

char *matrix_scenario(const struct pin_info *pin, const struct matrix_op *op,
		      enum scenario_fs fs, const char **why)
{
	const struct mutator *m = op_mutator(op);
	bool holds = pin->traits & PIN_HOLDS;
	bool looks = pin->traits & PIN_LOOKS;
	bool last_close = m->traits & MUTATOR_LAST_CLOSE;
	bool refused = op->compares && (pin->traits & PIN_DMA_WRITES);
	struct buf b = BUF_INIT;

	*why = no_scenario(pin, op, fs);
	if (*why)
		return NULL;
	buf_addf(&b, "# %s while a %s pin stands\n", op->name, pin->name);
	buf_addf(&b, "fs      %s\n", scenario_fs_name(fs));
	if (op->other_first)
		buf_addf(&b, "file    b 4M %s\n", op->other);
	buf_adds(&b, "file    a 4M written\n");
	if (op->other && !op->other_first)
		buf_addf(&b, "file    b 4M %s\n", op->other);
	buf_adds(&b, "map     m a 0 4M shared rw\n");
	buf_addf(&b, "pin     p %s m+2M 64K\n", pin->name);
	if (last_close)
		buf_adds(&b, "unmap   m\n");
	buf_addf(&b, "start   t %s\n", op->call);
	if (holds && op->wait == WAIT_MUST)
		buf_adds(&b, "expect  t blocks\n");
	if (!holds || op->wait == WAIT_NEVER)
		buf_adds(&b, "expect  t completes\n");
	else if (op->wait == WAIT_MAY)
		buf_adds(&b, "settle  t\n");
	if (looks && (holds || op->keeps_pages))
		buf_adds(&b, "check   p\n");
	buf_adds(&b, "unpin   p\n");
	if (refused)
		buf_adds(&b, "expect  t fails EBADE\n");
	else if (holds && op->wait != WAIT_NEVER)
		buf_adds(&b, "expect  t completes\n");
	if (m->traits & MUTATOR_NO_FILE)
		buf_adds(&b, "remount\n");
	if (!last_close || (m->traits & MUTATOR_NO_FILE))
		buf_adds(&b, "check   a\n");
	if (op->other)
		buf_adds(&b, "check   b\n");
	if (!last_close)
		buf_adds(&b, "check   m\n");
	else
		buf_adds(&b, "fsck\n");
	return buf_take(&b);
}
