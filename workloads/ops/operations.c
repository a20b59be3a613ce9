/* SPDX-License-Identifier: GPL-2.0-only */
/* The registry, and what several operations do alike. */
#include "workloads/ops/operation.h"

#include <errno.h>
#include <string.h>

extern const struct operation op_clone, op_clone_range, op_dedupe, op_exchange, op_read, op_load,
	op_store, op_hwpoison, op_unlink, op_umount, op_unbind, op_unshare, op_swapext;

const struct operation *const operations[] = {
	&op_truncate, &op_punch,       &op_zero,     &op_collapse, &op_insert, &op_falloc,
	&op_clone,    &op_clone_range, &op_dedupe,   &op_exchange, &op_read,   &op_write,
	&op_load,     &op_store,       &op_hwpoison, &op_unlink,   &op_umount, &op_unbind,
	&op_unshare,  &op_swapext,     NULL,
};

const struct operation *operation_find(const char *name)
{
	for (unsigned int i = 0; operations[i]; i++)
		if (strcmp(operations[i]->name, name) == 0)
			return operations[i];
	return NULL;
}

void op_call_deinit(struct op_call *call)
{
	for (int i = 0; i < OP_FILES_MAX; i++)
		free(call->file[i]);
	free(call->map);
	*call = (struct op_call){ 0 };
}

int op_run(const struct op_call *call, struct op_target *t)
{
	return call->op->run(call, t);
}

bool op_lacking(const struct op_call *c, const struct filesystem *fs, int ret)
{
	if (c->op->needs & fs->optional)
		return ret == -EOPNOTSUPP;
	return (c->op->traits & OP_OPTIONAL) && (ret == -ENOTTY || ret == -EOPNOTSUPP ||
						 ret == -ENOSYS || (ret && ret == -c->op->lacking));
}

bool op_refused(const struct op_call *c, int ret)
{
	return (c->op->traits & OP_REFUSES) &&
	       (ret == -EINVAL || ret == -EBUSY || ret == -EAGAIN || ret == -ETXTBSY ||
		ret == -EOPNOTSUPP || ret == -EFAULT);
}

void op_range_args(struct model *m, const struct op_call *c, const struct model_file *f,
		   uint64_t *off, uint64_t *len)
{
	(void)m, (void)c, (void)f, (void)off, (void)len;
}

void op_range_up(struct model *m, const struct op_call *c, const struct model_file *f,
		 uint64_t *off, uint64_t *len)
{
	(void)m, (void)c, (void)f, (void)off;
	*len = UINT64_MAX / 2;
}

int op_succeeds(struct model *m, const struct op_call *c)
{
	(void)m, (void)c;
	return 0;
}

void op_changes_nothing(struct model *m, const struct op_call *c, unsigned int gen)
{
	(void)m, (void)c, (void)gen;
}

static int run_null(const struct op_call *c, struct op_target *t)
{
	(void)c, (void)t;
	return 0;
}

const struct operation op_null = {
	.name = "null",
	.args = "",
	.summary = "nothing",
	.c = { .call = "0" },
	.wait = WAIT_NEVER,
	.traits = OP_ANYWHERE | OP_NO_FILE,
	.run = run_null,
	.apply = op_changes_nothing,
	.range = op_range_args,
	.result = op_succeeds,
	.flush = { OP_FLUSH_NOTHING, OP_FLUSH_NOTHING },
	.no_cases = "it does nothing",
};
