/* SPDX-License-Identifier: GPL-2.0-only */
/* The target of an operation, and the effects of its end on the model and the oracles. */
#include "workloads/exec/files.h"
#include "workloads/exec/maps.h"
#include "workloads/exec/operation.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "workloads/model/pattern.h"
#include "workloads/oracles/oracle.h"

/* Makes @len bytes of a new generation for @off of @f. */
static void *new_bytes(struct model_file *f, uint64_t off, uint64_t len, unsigned int *gen)
{
	void *data = xcalloc(1, len);

	*gen = ++f->gen;
	pattern_fill(data, len, f->origin, *gen, off);
	return data;
}

static bool target_map(struct exec *x, const struct op_call *c, struct op_target *t,
		       unsigned int *gen, void **data, struct outcome *o)
{
	struct exec_map *m = exec_map(x, c->map);

	if (!m->addr) {
		outcome_error(o, "'%s' is not mapped", m->name);
		return false;
	}
	t->addr = m->addr + c->off[0];
	if (!(c->op->traits & OP_NEW_BYTES))
		return true;
	t->data = *data = new_bytes(m->m->file, m->off + c->off[0], c->len, gen);
	if (m->shared && m->writable)
		oracles_tell(x, storing, m->file, m->off + c->off[0], c->len);
	return true;
}

static bool target_files(struct exec *x, const struct op_call *c, struct op_target *t,
			 struct outcome *o)
{
	for (int i = 0; i < OP_FILES_MAX && c->file[i]; i++) {
		struct exec_file *f = exec_file(x, c->file[i]);

		if (!exec_file_open(f)) {
			outcome_error(o, "cannot open '%s': %s", f->name, strerror(errno));
			return false;
		}
		t->fd[i] = f->fd;
		t->path[i] = f->path;
		if (c->op->traits & OP_LAST_CLOSE)
			f->fd = -1; /* the operation closes it, and the number may be reused */
	}
	return true;
}

bool exec_target(struct exec *x, const struct op_call *c, struct op_target *t, unsigned int *gen,
		 void **data, struct outcome *o)
{
	*t = (struct op_target){ .fd = { -1, -1 },
				 .mountpoint = EXEC_MOUNTPOINT,
				 .pmem = x->ctx->guest->pmem,
				 .copy = exec_map_copy };
	*data = NULL;
	if (c->map)
		return target_map(x, c, t, gen, data, o);
	if (!target_files(x, c, t, o))
		return false;
	if (c->op->traits & OP_NEW_BYTES)
		t->data = *data = new_bytes(exec_file(x, c->file[0])->m, c->off[0], c->len, gen);
	else if (c->op->traits & OP_READS)
		t->into = *data = xcalloc(1, c->len);
	if (c->op->traits & OP_UNMOUNTS)
		for (unsigned int i = 0; i < x->nr_files; i++)
			exec_file_close(&x->files[i]);
	return true;
}

/* After a partial store, or one that raced with another operation, the bytes are unknown. */
static void spoil(struct exec *x, const struct op_call *c)
{
	struct exec_map *m = exec_map(x, c->map);

	model_map_spoil(&x->model, m->m, c->off[0], c->len);
	if (m->shared)
		oracles_tell(x, spoiled, m->file, m->off + c->off[0], c->len);
}

void exec_ended(struct exec *x, const struct op_call *c, unsigned int gen, int result, bool raced)
{
	bool store = c->map && (c->op->traits & OP_NEW_BYTES);

	x->spoiled |= !result && (c->op->traits & OP_SPOILS);
	x->unbound |= !result && (c->op->traits & OP_UNBINDS);
	if (store && (result || raced))
		spoil(x, c);
	else if (!result)
		exec_apply(x, c, gen);
	if (!store)
		oracles_tell(x, changed, c);
}

void exec_read_check(struct exec *x, const struct op_call *c, const void *data, struct outcome *o)
{
	struct shadow want;
	char what[64];

	if (!(c->op->traits & OP_READS) || o->status != STEP_OK)
		return;
	model_file_bytes(&x->model, model_file(&x->model, c->file[0]), &want);
	snprintf(what, sizeof(what), "a read of '%.32s'", c->file[0]);
	exec_compare(x, &want, c->off[0], data, c->len, false, what, RULE_CONTENT_FILE, o);
	shadow_deinit(&want);
}
