/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <unistd.h>

#include "workloads/model/effects.h"

static int run_write(const struct op_call *c, struct op_target *t)
{
	const char *p = t->data;
	uint64_t done = 0;

	while (done < c->len) {
		ssize_t n = pwrite(t->fd[0], p + done, c->len - done, (off_t)(c->off[0] + done));

		if (n < 0)
			return -errno;
		done += (uint64_t)n;
	}
	return 0;
}

static void apply_write(struct model *m, const struct op_call *c, unsigned int gen)
{
	model_file_write(m, model_file(m, c->file[0]), c->off[0], c->len, gen);
}

const struct operation op_write = {
	.name = "write",
	.args = "fol",
	.summary = "pwrite of new bytes",
	.c = { .call = "write_all($f, $d, $l, $o)", .part = "write-all" },
	.wait = WAIT_NEVER,
	.traits = OP_ANYWHERE | OP_NEW_BYTES,
	.run = run_write,
	.apply = apply_write,
	.range = op_range_args,
	.result = op_succeeds,
	.flush = { OP_FLUSH_RANGE },
	.cases =
		(const struct op_case[]){
			{ "write", "write(2), in place or breaking the sharing", "write $f $r",
			  WAIT_NEVER, REACH_RANGE, CASE_KEEPS, NULL },
			{ 0 },
		},
};

static int run_read(const struct op_call *c, struct op_target *t)
{
	char *p = t->into;
	uint64_t done = 0;

	while (done < c->len) {
		ssize_t n = pread(t->fd[0], p + done, c->len - done, (off_t)(c->off[0] + done));

		if (n <= 0)
			return n ? -errno : -EIO;
		done += (uint64_t)n;
	}
	return 0;
}

const struct operation op_read = {
	.name = "read",
	.args = "fol",
	.summary = "pread",
	.c = { .no = "the bytes that it reads are not compared yet" },
	.wait = WAIT_NEVER,
	.traits = OP_ANYWHERE | OP_READS,
	.run = run_read,
	.apply = op_changes_nothing,
	.range = op_range_args,
	.result = op_succeeds,
	.flush = { OP_FLUSH_NOTHING },
	.cases =
		(const struct op_case[]){
			{ "read", "read(2)", "read $f $r", WAIT_NEVER, REACH_RANGE, CASE_KEEPS,
			  NULL },
			{ 0 },
		},
};
