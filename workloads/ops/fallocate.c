/* SPDX-License-Identifier: GPL-2.0-only */
/* The modes of fallocate(2), each an operation. */
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>

#include "workloads/model/effects.h"

static int run(int mode, const struct op_call *c, struct op_target *t)
{
	return fallocate(t->fd[0], mode, (off_t)c->off[0], (off_t)c->len) ? -errno : 0;
}

static struct model_file *file_of(struct model *m, const struct op_call *c)
{
	return model_file(m, c->file[0]);
}

static int punch(const struct op_call *c, struct op_target *t)
{
	return run(FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, c, t);
}

static void apply_punch(struct model *m, const struct op_call *c, unsigned int gen)
{
	(void)gen;
	effect_zero(m, file_of(m, c), c->off[0], c->off[0] + c->len, false);
}

const struct operation op_punch = {
	.name = "punch",
	.args = "fol",
	.summary = "fallocate PUNCH_HOLE",
	.c = { .call = "fallocate($f, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, $o, $l)" },
	.wait = WAIT_MUST,
	.needs = FILESYSTEM_PUNCH,
	.run = punch,
	.apply = apply_punch,
	.range = op_range_args,
	.result = op_succeeds,
	.flush = { OP_FLUSH_RANGE },
	.cases =
		(const struct op_case[]){
			{ "punch", "fallocate PUNCH_HOLE", "punch $f $r", WAIT_MUST, REACH_RANGE, 0,
			  NULL },
			{ 0 },
		},
};

static int zero(const struct op_call *c, struct op_target *t)
{
	return run(FALLOC_FL_ZERO_RANGE, c, t);
}

static void apply_zero(struct model *m, const struct op_call *c, unsigned int gen)
{
	struct model_file *f = file_of(m, c);
	uint64_t end = c->off[0] + c->len;

	(void)gen;
	if (end > f->size)
		model_file_extend(m, f, end);
	effect_zero(m, f, c->off[0], end, true);
}

const struct operation op_zero = {
	.name = "zero",
	.args = "fol",
	.summary = "fallocate ZERO_RANGE",
	.c = { .call = "fallocate($f, FALLOC_FL_ZERO_RANGE, $o, $l)" },
	.wait = WAIT_MUST,
	.needs = FILESYSTEM_ZERO,
	.run = zero,
	.apply = apply_zero,
	.range = op_range_args,
	.result = op_succeeds,
	.flush = { OP_FLUSH_RANGE },
	.cases =
		(const struct op_case[]){
			{ "zero", "fallocate ZERO_RANGE", "zero $f $r", WAIT_MUST, REACH_RANGE, 0,
			  NULL },
			{ 0 },
		},
};

static int collapse(const struct op_call *c, struct op_target *t)
{
	return run(FALLOC_FL_COLLAPSE_RANGE, c, t);
}

static void apply_collapse(struct model *m, const struct op_call *c, unsigned int gen)
{
	struct model_file *f = file_of(m, c);

	(void)gen;
	effect_lose(m, f, c->off[0], MODEL_TO_THE_END);
	shadow_collapse(&f->blocks, c->off[0], c->len);
	f->size -= c->len;
}

const struct operation op_collapse = {
	.name = "collapse",
	.args = "fol",
	.summary = "fallocate COLLAPSE_RANGE",
	.c = { .call = "fallocate($f, FALLOC_FL_COLLAPSE_RANGE, $o, $l)" },
	.wait = WAIT_MUST,
	.needs = FILESYSTEM_SHIFT,
	.run = collapse,
	.apply = apply_collapse,
	.range = op_range_up,
	.result = op_succeeds,
	.flush = { OP_FLUSH_FROM },
	.cases =
		(const struct op_case[]){
			{ "collapse", "fallocate COLLAPSE_RANGE", "collapse $f $r", WAIT_MUST,
			  REACH_UP, CASE_BLOCKS | CASE_BELOW_END, NULL },
			{ 0 },
		},
};

static int insert(const struct op_call *c, struct op_target *t)
{
	return run(FALLOC_FL_INSERT_RANGE, c, t);
}

static void apply_insert(struct model *m, const struct op_call *c, unsigned int gen)
{
	struct model_file *f = file_of(m, c);

	(void)gen;
	effect_lose(m, f, c->off[0], MODEL_TO_THE_END);
	shadow_insert(&f->blocks, c->off[0], c->len);
	f->size += c->len;
}

const struct operation op_insert = {
	.name = "insert",
	.args = "fol",
	.summary = "fallocate INSERT_RANGE",
	.c = { .call = "fallocate($f, FALLOC_FL_INSERT_RANGE, $o, $l)" },
	.wait = WAIT_MUST,
	.needs = FILESYSTEM_SHIFT,
	.run = insert,
	.apply = apply_insert,
	.range = op_range_up,
	.result = op_succeeds,
	.flush = { OP_FLUSH_FROM },
	.cases =
		(const struct op_case[]){
			{ "insert", "fallocate INSERT_RANGE", "insert $f $r", WAIT_MUST, REACH_UP,
			  CASE_BLOCKS, NULL },
			{ 0 },
		},
};

static int falloc(const struct op_call *c, struct op_target *t)
{
	return run(0, c, t);
}

static void apply_falloc(struct model *m, const struct op_call *c, unsigned int gen)
{
	(void)gen;
	effect_reserve(m, file_of(m, c), c->off[0], c->len);
}

const struct operation op_falloc = {
	.name = "falloc",
	.args = "fol",
	.summary = "fallocate mode 0",
	.c = { .call = "fallocate($f, 0, $o, $l)" },
	.wait = WAIT_MAY,
	.needs = FILESYSTEM_PREALLOCATION,
	.run = falloc,
	.apply = apply_falloc,
	.range = op_range_args,
	.result = op_succeeds,
	.flush = { OP_FLUSH_NOTHING },
	.cases =
		(const struct op_case[]){
			{ "falloc", "fallocate mode 0", "falloc $f $r", WAIT_MAY, REACH_RANGE,
			  CASE_KEEPS, NULL },
			{ 0 },
		},
};

static int unshare(const struct op_call *c, struct op_target *t)
{
	return run(FALLOC_FL_UNSHARE_RANGE, c, t);
}

/* Allocates as mode 0, and copies the blocks that another file, or place, has too. */
static void apply_unshare(struct model *m, const struct op_call *c, unsigned int gen)
{
	struct model_file *f = file_of(m, c);

	(void)gen;
	effect_reserve(m, f, c->off[0], c->len);
	for (uint64_t page = page_down(c->off[0]); page < c->off[0] + c->len; page += MODEL_PAGE)
		if (blocks_at(&f->blocks, page)->gen == BLOCK_WRITTEN)
			blocks_own(m, f, page, MODEL_PAGE);
}

const struct operation op_unshare = {
	.name = "unshare",
	.args = "fol",
	.summary = "fallocate UNSHARE_RANGE",
	.c = { .call = "fallocate($f, FALLOC_FL_UNSHARE_RANGE, $o, $l)" },
	.wait = WAIT_MAY,
	.needs = FILESYSTEM_REFLINK,
	.run = unshare,
	.apply = apply_unshare,
	.range = op_range_args,
	.result = op_succeeds,
	.flush = { OP_FLUSH_RANGE },
	.cases =
		(const struct op_case[]){
			{ "unshare", "fallocate UNSHARE_RANGE", "unshare $f $r", WAIT_MAY,
			  REACH_RANGE, CASE_KEEPS, NULL },
			{ 0 },
		},
};
