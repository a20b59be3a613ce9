/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <linux/ioctl.h>
#include <sys/ioctl.h>

#include "workloads/model/effects.h"

/* XFS_IOC_EXCHANGE_RANGE of 6.10, which the headers at hand may not have. */
struct exchange_range {
	int32_t file1_fd;
	uint32_t pad;
	uint64_t file1_offset, file2_offset, length, flags;
};

#define EXCHANGE_RANGE _IOW('X', 129, struct exchange_range)

static int run(const struct op_call *c, struct op_target *t)
{
	struct exchange_range arg = {
		.file1_fd = t->fd[0],
		.file1_offset = c->off[0],
		.file2_offset = c->off[1],
		.length = c->len,
	};

	return ioctl(t->fd[1], EXCHANGE_RANGE, &arg) ? -errno : 0;
}

static void apply(struct model *m, const struct op_call *c, unsigned int gen)
{
	(void)gen;
	effect_swap(m, model_file(m, c->file[0]), c->off[0], model_file(m, c->file[1]), c->off[1],
		    c->len);
}

const struct operation op_exchange = {
	.name = "exchange",
	.args = "folfo",
	.summary = "XFS_IOC_EXCHANGE_RANGE between two ranges (from 6.10 on)",
	.c = { .call = "exchange_range($f, $o, $l, $g, $p)", .part = "exchange-range" },
	.wait = WAIT_MUST,
	.traits = OP_OPTIONAL | OP_BOTH_FILES,
	.needs = FILESYSTEM_EXCHANGE,
	.run = run,
	.apply = apply,
	.range = op_range_args,
	.result = op_succeeds,
	.flush = { OP_FLUSH_RANGE, OP_FLUSH_RANGE },
	.cases =
		(const struct op_case[]){
			{ "exchange", "EXCHANGE_RANGE, the second file pinned",
			  "exchange b $r $f $o", WAIT_MUST, REACH_RANGE, CASE_BLOCKS, "written" },
			{ "exchange-first", "EXCHANGE_RANGE, the first file pinned",
			  "exchange $f $r b $o", WAIT_MUST, REACH_RANGE, CASE_BLOCKS, "written" },
			{ 0 },
		},
};
