/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <unistd.h>

#include "workloads/model/effects.h"

static int run(const struct op_call *c, struct op_target *t)
{
	return ftruncate(t->fd[0], (off_t)c->size) ? -errno : 0;
}

static void apply(struct model *m, const struct op_call *c, unsigned int gen)
{
	struct model_file *f = model_file(m, c->file[0]);

	(void)gen;
	if (c->size < f->size)
		effect_cut(m, f, c->size);
	else
		model_file_extend(m, f, c->size);
}

static void range(struct model *m, const struct op_call *c, const struct model_file *f,
		  uint64_t *off, uint64_t *len)
{
	(void)m;
	*off = c->size;
	*len = c->size < f->size ? f->size - c->size : 0;
}

const struct operation op_truncate = {
	.name = "truncate",
	.args = "fs",
	.summary = "ftruncate to a size",
	.c = { .call = "ftruncate($f, $s)" },
	.wait = WAIT_MUST,
	.traits = OP_ANYWHERE,
	.run = run,
	.apply = apply,
	.range = range,
	.result = op_succeeds,
	.flush = { OP_FLUSH_FROM_SIZE },
	.cases =
		(const struct op_case[]){
			{ "truncate-down", "ftruncate to an offset", "truncate $f $c", WAIT_MUST,
			  REACH_UP, 0, NULL },
			{ "truncate-zero", "ftruncate to 0", "truncate $f 0", WAIT_MUST, REACH_FILE,
			  0, NULL },
			{ "truncate-up", "ftruncate to a larger size", "truncate $f $u", WAIT_MAY,
			  REACH_PAST_END, CASE_KEEPS, NULL },
			{ 0 },
		},
};
