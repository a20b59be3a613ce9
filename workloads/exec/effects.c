/* SPDX-License-Identifier: GPL-2.0-only */
/* The effects of an ended operation on the model, on descriptors and on the mount. */
#include "workloads/exec/files.h"
#include "workloads/exec/operation.h"

void exec_apply(struct exec *x, const struct op_call *c, unsigned int gen)
{
	model_apply(&x->model, c, gen);
	/* the operation closed it */
	if (c->file[0] && (c->op->traits & OP_LAST_CLOSE))
		exec_file(x, c->file[0])->fd = -1;
	if (c->op->traits & OP_UNMOUNTS)
		x->mounted = false;
}
