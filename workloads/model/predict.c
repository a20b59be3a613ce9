/* SPDX-License-Identifier: GPL-2.0-only */
/* What the contract says of an operation: whether it waits. */
#include "workloads/model/blocks.h"

#include <string.h>

#define TO_THE_END (UINT64_MAX / 2)

/* The places in @f of the block at [src, src + len) of the store that lie in the range. */
static bool stands_in(const struct model_file *f, const struct piece *held, uint64_t off,
		      uint64_t end)
{
	for (size_t i = 0; i < f->blocks.n; i++) {
		const struct piece *b = &f->blocks.v[i];
		uint64_t from = MAX(b->src, held->src);
		uint64_t to = MIN(b->src + b->len, held->src + held->len);

		if (b->kind != PIECE_DATA || from >= to)
			continue;
		from += b->off - b->src;
		to += b->off - b->src;
		if (from < end && off < to)
			return true;
	}
	return false;
}

static bool holds_in(const struct model_pin *p, const struct model_file *f, uint64_t off,
		     uint64_t len)
{
	uint64_t from = page_down(off), to = page_up(off + len);

	for (size_t i = 0; i < p->blocks.n; i++)
		if (p->blocks.v[i].kind == PIECE_DATA && stands_in(f, &p->blocks.v[i], from, to))
			return true;
	return false;
}

const struct model_pin *model_pinned(const struct model *m, const struct model_file *f,
				     uint64_t off, uint64_t len, bool through)
{
	for (unsigned int i = 0; i < m->nr_pins && len; i++) {
		const struct model_pin *p = &m->pins[i];

		if (p->live && (p->info->traits & PIN_HOLDS) && (!through || p->file == f) &&
		    holds_in(p, f, off, len))
			return p;
	}
	return NULL;
}

void model_call_range(struct model *m, const struct mutator_call *c, struct model_file **f,
		      uint64_t *off, uint64_t *len)
{
	const char *op = c->mutator->name;
	bool two = c->file[1] != NULL;

	*f = c->file[two] ? model_file(m, c->file[two]) : NULL;
	*off = c->off[two];
	*len = c->len;
	if (strcmp(op, "truncate") == 0) {
		*off = c->size;
		*len = c->size < (*f)->size ? (*f)->size - c->size : 0;
	} else if (strcmp(op, "collapse") == 0 || strcmp(op, "insert") == 0 ||
		   strcmp(op, "unlink") == 0) {
		*len = TO_THE_END;
	} else if (strcmp(op, "clone") == 0) {
		*len = model_file(m, c->file[0])->size;
	} else if (strcmp(op, "clone-range") == 0 && !c->len) {
		*len = model_file(m, c->file[0])->size - MIN(c->off[0],
							     model_file(m, c->file[0])->size);
	}
}

/* An operation that began earlier, on one of the files of @c, and has not ended. */
static const struct model_op *queued_behind(const struct model *m, const struct mutator_call *c)
{
	for (unsigned int i = 0; i < m->nr_ops; i++) {
		const struct model_op *op = &m->ops[i];

		if (op->call == c)
			break; /* those behind it wait for it */
		if (op->state == MODEL_OP_ENDED)
			continue;
		if (!op->call->file[0] || !c->file[0])
			return op; /* the whole filesystem */
		for (int j = 0; j < MUTATOR_FILES_MAX; j++)
			for (int k = 0; k < MUTATOR_FILES_MAX; k++)
				if (op->call->file[j] && c->file[k] &&
				    strcmp(op->call->file[j], c->file[k]) == 0)
					return op;
	}
	return NULL;
}

/* Any pin that stands on a page of one of the files of @c, or of all. */
static const struct model_pin *pinned_anywhere(struct model *m, const struct mutator_call *c)
{
	const struct model_pin *p = NULL;

	if (!c->file[0])
		for (unsigned int i = 0; i < m->nr_files && !p; i++)
			p = model_pinned(m, &m->files[i], 0, TO_THE_END, false);
	for (int i = 0; i < MUTATOR_FILES_MAX && c->file[i] && !p; i++)
		p = model_pinned(m, model_file(m, c->file[i]), 0, TO_THE_END, false);
	return p;
}

/*
 * The pin that makes @c wait. A page that was pinned through another file that shares
 * the block decides nothing: the block is not free while that file has it.
 */
static const struct model_pin *pinned_in_range(struct model *m, const struct mutator_call *c)
{
	const struct model_pin *p = NULL;
	struct model_file *f;
	uint64_t off, len;

	model_call_range(m, c, &f, &off, &len);
	if (f)
		p = model_pinned(m, f, off, len, true);
	if (!p && strcmp(c->mutator->name, "exchange") == 0)
		p = model_pinned(m, model_file(m, c->file[0]), c->off[0], c->len, true);
	return p;
}

struct model_verdict model_predict(struct model *m, const struct mutator_call *c)
{
	const struct model_pin *near = NULL, *any = pinned_anywhere(m, c);

	if (queued_behind(m, c))
		return (struct model_verdict){ true, true, any,
					       "another operation on the file is not over" };
	if (c->mutator->wait == WAIT_MUST)
		near = pinned_in_range(m, c);
	if (near)
		return (struct model_verdict){ false, true, near, "a page in its range is held" };
	if (any && c->mutator->wait != WAIT_NEVER)
		return (struct model_verdict){ true, true, any,
					       "a page is held that it need not wait for" };
	return (struct model_verdict){ true, false, NULL,
				       any ? "it waits for no holder" : "no page is held" };
}
