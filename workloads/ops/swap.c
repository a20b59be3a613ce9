/* SPDX-License-Identifier: GPL-2.0-only */
/* What defragmentation calls: two files get each other's blocks. */
#include <errno.h>

#include "workloads/c/parts/swap-extents.c"
#include "workloads/model/effects.h"

_Static_assert(sizeof(struct swap_extents) == 56 + 136, "not as the kernel has it");

static int run(const struct op_call *c, struct op_target *t)
{
	(void)c;
	return swap_extents(t->fd[0], t->fd[1]) ? -errno : 0;
}

static void apply(struct model *m, const struct op_call *c, unsigned int gen)
{
	(void)gen;
	effect_swap(m, model_file(m, c->file[0]), 0, model_file(m, c->file[1]), 0,
		    model_file(m, c->file[0])->size);
}

/* All of both files. */
static void range(struct model *m, const struct op_call *c, const struct model_file *f,
		  uint64_t *off, uint64_t *len)
{
	(void)m, (void)c, (void)f;
	*off = 0;
	*len = MODEL_TO_THE_END;
}

/* xfs_swap_extents_check_format(): the first must not have fewer extents, which nobody knows. */
static int result(struct model *m, const struct op_call *c)
{
	const struct model_file *f = model_file(m, c->file[0]), *g = model_file(m, c->file[1]);

	return f->size != g->size && !f->unsure && !g->unsure ? EFAULT : MODEL_EITHER;
}

const struct operation op_swapext = {
	.name = "swapext",
	.args = "ff",
	.summary = "XFS_IOC_SWAPEXT: two files of one size get each other's blocks",
	.c = { .call = "swap_extents($f, $g)", .part = "need-swap", .first = "need_swap();" },
	.wait = WAIT_MUST,
	.traits = OP_ANYWHERE | OP_BOTH_FILES | OP_REFUSES | OP_OPTIONAL,
	.run = run,
	.apply = apply,
	.range = range,
	.result = result,
	.flush = { OP_FLUSH_ALL, OP_FLUSH_ALL },
	.no_cases = "the blocks are taken by a third file: see the library",
};
