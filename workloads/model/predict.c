/* SPDX-License-Identifier: GPL-2.0-only */
/* Predicts by the contract whether an operation waits. */
#include "workloads/model/effects.h"

#include <errno.h>
#include <string.h>

/* Whether @f has any part of the block @held in [off, end). */
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

/* Whether a file other than @f has the block; an unlinked file keeps its blocks while in use. */
static bool another_has(const struct model *m, const struct model_file *f, const struct piece *held)
{
	for (unsigned int i = 0; i < m->nr_files; i++)
		if (&m->files[i] != f && stands_in(&m->files[i], held, 0, MODEL_TO_THE_END))
			return true;
	return false;
}

/* @last: a block that was pinned through another file counts only if no other file has it. */
static bool holds_in(const struct model *m, const struct model_pin *p, const struct model_file *f,
		     uint64_t off, uint64_t len, bool last)
{
	uint64_t from = page_down(off), to = page_up(off + len);

	for (size_t i = 0; i < p->blocks.n; i++) {
		const struct piece *held = &p->blocks.v[i];

		if (held->kind == PIECE_DATA && stands_in(f, held, from, to) &&
		    (!last || p->file == f || !another_has(m, f, held)))
			return true;
	}
	return false;
}

const struct model_pin *model_pinned(const struct model *m, const struct model_file *f,
				     uint64_t off, uint64_t len, bool decides)
{
	for (unsigned int i = 0; i < m->nr_pins && len; i++) {
		const struct model_pin *p = &m->pins[i];

		if (p->live && (p->info->traits & PIN_HOLDS) &&
		    holds_in(m, p, f, off, len, decides))
			return p;
	}
	return NULL;
}

void model_call_range(struct model *m, const struct op_call *c, struct model_file **f,
		      uint64_t *off, uint64_t *len)
{
	bool two = c->file[1] != NULL;

	*f = c->file[two] ? model_file(m, c->file[two]) : NULL;
	*off = c->off[two] + (c->map ? model_map(m, c->map)->off : 0);
	*len = c->len;
	c->op->range(m, c, *f, off, len);
}

/* The same of the first file of OP_BOTH_FILES. */
static struct model_file *first_range(struct model *m, const struct op_call *c, uint64_t *off,
				      uint64_t *len)
{
	struct model_file *f = model_file(m, c->file[0]);

	*off = c->off[0];
	*len = c->len;
	c->op->range(m, c, f, off, len);
	return f;
}

static bool meets(const struct model_file *f, uint64_t off, uint64_t len,
		  const struct model_file *g, uint64_t goff, uint64_t glen)
{
	return f && f == g && page_down(off) < page_up(goff + glen) &&
	       page_down(goff) < page_up(off + len);
}

bool model_races(struct model *m, const struct op_call *c, const struct op_call *other)
{
	struct model_file *f, *g;
	uint64_t off, len, goff, glen;

	if (!other->file[0])
		return true;
	model_call_range(m, c, &f, &off, &len);
	model_call_range(m, other, &g, &goff, &glen);
	if (meets(f, off, len, g, goff, glen))
		return true;
	if (!(other->op->traits & OP_BOTH_FILES))
		return false;
	g = first_range(m, other, &goff, &glen);
	return meets(f, off, len, g, goff, glen);
}

int model_result(struct model *m, const struct op_call *c)
{
	return c->op->result(m, c);
}

/*
 * An operation on one of the files of @c that began earlier and has not ended. A page
 * fault takes only the mapping's lock, and an operation that waits for a page has
 * released that lock (xfs_wait_dax_page(), ext4_wait_dax_page()).
 */
static const struct model_op *queued_behind(const struct model *m, const struct op_call *c)
{
	for (unsigned int i = 0; i < m->nr_ops; i++) {
		const struct model_op *op = &m->ops[i];

		if (op->call == c)
			break; /* the operations after it wait for it */
		if (op->state == MODEL_OP_ENDED ||
		    (op->state == MODEL_OP_WAITS && (c->op->traits & OP_FAULTS)))
			continue;
		if (!op->call->file[0] || !c->file[0])
			return op; /* the whole filesystem */
		for (int j = 0; j < OP_FILES_MAX; j++)
			for (int k = 0; k < OP_FILES_MAX; k++)
				if (op->call->file[j] && c->file[k] &&
				    strcmp(op->call->file[j], c->file[k]) == 0)
					return op;
	}
	return NULL;
}

/* Any pin that holds a page of a file of @c, or of any file if @c names none. */
static const struct model_pin *pinned_anywhere(struct model *m, const struct op_call *c)
{
	const struct model_pin *p = NULL;

	if (!c->file[0])
		for (unsigned int i = 0; i < m->nr_files && !p; i++)
			p = model_pinned(m, &m->files[i], 0, MODEL_TO_THE_END, false);
	for (int i = 0; i < OP_FILES_MAX && c->file[i] && !p; i++)
		p = model_pinned(m, model_file(m, c->file[i]), 0, MODEL_TO_THE_END, false);
	return p;
}

/*
 * The pin that makes @c wait. A page that was pinned through another file, which shares
 * the block, does not count while that file has the block: it cannot become free then.
 */
static const struct model_pin *pinned_in_range(struct model *m, const struct op_call *c)
{
	const struct model_pin *p = NULL;
	struct model_file *f;
	uint64_t off, len;

	model_call_range(m, c, &f, &off, &len);
	if (f)
		p = model_pinned(m, f, off, len, true);
	if (!p && (c->op->traits & OP_BOTH_FILES)) {
		f = first_range(m, c, &off, &len);
		p = model_pinned(m, f, off, len, true);
	}
	return p;
}

struct model_verdict model_predict(struct model *m, const struct op_call *c)
{
	const struct model_pin *near = NULL, *any = pinned_anywhere(m, c);

	if (queued_behind(m, c))
		return (struct model_verdict){ true, true, any,
					       "another operation on the file has not ended" };
	if (c->op->wait == WAIT_MUST)
		near = pinned_in_range(m, c);
	if (near)
		return (struct model_verdict){ false, true, near, "a page in its range is held" };
	if (any && c->op->wait != WAIT_NEVER)
		return (struct model_verdict){ true, true, any,
					       "a page is held that it need not wait for" };
	return (struct model_verdict){ true, false, NULL,
				       any ? "it waits for no holder" : "no page is held" };
}
