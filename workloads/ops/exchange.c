/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>

#include "workloads/c/parts/exchange-range.c"
#include "workloads/model/effects.h"

static int run(const struct op_call *c, struct op_target *t)
{
	return exchange_range(t->fd[0], (long)c->off[0], (long)c->len, t->fd[1], (long)c->off[1]) ?
		       -errno :
		       0;
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
