/* SPDX-License-Identifier: GPL-2.0-only */
/* FICLONE, FICLONERANGE and FIDEDUPERANGE: the first file is the source. */
#include <errno.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

#include "workloads/model/effects.h"

static int clone(const struct op_call *c, struct op_target *t)
{
	(void)c;
	return ioctl(t->fd[1], FICLONE, t->fd[0]) ? -errno : 0;
}

static int clone_range(const struct op_call *c, struct op_target *t)
{
	struct file_clone_range arg = {
		.src_fd = t->fd[0],
		.src_offset = c->off[0],
		.src_length = c->len,
		.dest_offset = c->off[1],
	};

	return ioctl(t->fd[1], FICLONERANGE, &arg) ? -errno : 0;
}

static int dedupe(const struct op_call *c, struct op_target *t)
{
	union {
		struct file_dedupe_range range;
		char room[sizeof(struct file_dedupe_range) + sizeof(struct file_dedupe_range_info)];
	} arg = {
		.range = { .src_offset = c->off[0], .src_length = c->len, .dest_count = 1 },
	};
	struct file_dedupe_range_info *info = arg.range.info;

	*info = (struct file_dedupe_range_info){ .dest_fd = t->fd[1], .dest_offset = c->off[1] };
	if (ioctl(t->fd[0], FIDEDUPERANGE, &arg) < 0)
		return -errno;
	if (info->status == FILE_DEDUPE_RANGE_DIFFERS)
		return -EBADE;
	return info->status;
}

/* Up to the source's end when no length is given, as FICLONE gives none. */
static uint64_t length_of(struct model *m, const struct op_call *c)
{
	uint64_t size = model_file(m, c->file[0])->size;

	return c->len ? c->len : size - MIN(c->off[0], size);
}

static void share(struct model *m, const struct op_call *c, unsigned int gen)
{
	(void)gen;
	effect_share(m, model_file(m, c->file[0]), c->off[0], model_file(m, c->file[1]), c->off[1],
		     length_of(m, c));
}

static void range(struct model *m, const struct op_call *c, const struct model_file *f,
		  uint64_t *off, uint64_t *len)
{
	(void)f, (void)off;
	*len = length_of(m, c);
}

const struct operation op_clone = {
	.name = "clone",
	.args = "ff",
	.summary = "FICLONE of SOURCE over DESTINATION",
	.c = { .call = "ioctl($g, FICLONE, $f)", .part = "clone" },
	.wait = WAIT_MUST,
	.needs = FILESYSTEM_REFLINK,
	.run = clone,
	.apply = share,
	.range = range,
	.result = op_succeeds,
	.flush = { OP_FLUSH_NOTHING, OP_FLUSH_ALL },
	.cases =
		(const struct op_case[]){
			{ "clone", "FICLONE over the file", "clone b $f", WAIT_MUST, REACH_FILE, 0,
			  "written" },
			{ "clone-source", "FICLONE out of the file", "clone $f b", WAIT_MAY,
			  REACH_FILE, CASE_KEEPS, "written" },
			{ 0 },
		},
};

const struct operation op_clone_range = {
	.name = "clone-range",
	.args = "folfo",
	.summary = "FICLONERANGE of a range of SOURCE over DESTINATION",
	.c = { .call = "clone_range($f, $o, $l, $g, $p)", .part = "clone-range" },
	.wait = WAIT_MUST,
	.needs = FILESYSTEM_REFLINK,
	.run = clone_range,
	.apply = share,
	.range = range,
	.result = op_succeeds,
	.flush = { OP_FLUSH_NOTHING, OP_FLUSH_RANGE },
	.cases =
		(const struct op_case[]){
			{ "clone-range", "FICLONERANGE into the range", "clone-range b $r $f $o",
			  WAIT_MUST, REACH_RANGE, CASE_BLOCKS, "written" },
			{ "clone-range-source", "FICLONERANGE out of the range",
			  "clone-range $f $r b $o", WAIT_MAY, REACH_RANGE, CASE_BLOCKS | CASE_KEEPS,
			  "written" },
			{ 0 },
		},
};

/* Two ranges of files show the same bytes, as far as that is known. */
static bool same_bytes(struct model *m, const struct op_call *c)
{
	struct shadow f, g, x = SHADOW_INIT, y = SHADOW_INIT;
	bool same;

	model_file_bytes(m, model_file(m, c->file[0]), &f);
	model_file_bytes(m, model_file(m, c->file[1]), &g);
	shadow_copy(&x, 0, &f, c->off[0], c->len);
	shadow_copy(&y, 0, &g, c->off[1], c->len);
	same = shadow_equal(&x, &y);
	shadow_deinit(&f);
	shadow_deinit(&g);
	shadow_deinit(&x);
	shadow_deinit(&y);
	return same;
}

static int result_dedupe(struct model *m, const struct op_call *c)
{
	if (model_file(m, c->file[0])->unsure || model_file(m, c->file[1])->unsure)
		return MODEL_EITHER;
	return same_bytes(m, c) ? 0 : EBADE;
}

/* Ranges that differ stay as they are, whatever it returned. */
static void share_same(struct model *m, const struct op_call *c, unsigned int gen)
{
	if (!result_dedupe(m, c))
		share(m, c, gen);
}

const struct operation op_dedupe = {
	.name = "dedupe",
	.args = "folfo",
	.summary = "FIDEDUPERANGE of a range of DESTINATION onto SOURCE",
	.c = { .call = "dedupe($f, $o, $l, $g, $p)", .part = "dedupe" },
	.wait = WAIT_MUST,
	.traits = OP_COMPARES,
	.needs = FILESYSTEM_REFLINK,
	.run = dedupe,
	.apply = share_same,
	.range = op_range_args,
	.result = result_dedupe,
	.flush = { OP_FLUSH_NOTHING, OP_FLUSH_RANGE },
	.cases =
		(const struct op_case[]){
			{ "dedupe", "FIDEDUPERANGE of the range onto another file's",
			  "dedupe b $r $f $o", WAIT_MUST, REACH_RANGE, CASE_BLOCKS, "copy a" },
			{ "dedupe-source", "FIDEDUPERANGE of another file's range onto this",
			  "dedupe $f $r b $o", WAIT_MAY, REACH_RANGE, CASE_BLOCKS | CASE_KEEPS,
			  "copy a" },
			{ 0 },
		},
};
