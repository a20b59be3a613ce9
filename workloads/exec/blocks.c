/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which block lies beneath which page of a file: a write to a block that another
 * page shares goes to a new one, and a pin keeps the old.
 */
#include "workloads/exec/exec.h"

#define PAGE 4096u

static uint64_t page_down(uint64_t off)
{
	return off / PAGE * PAGE;
}

/* The piece of @f's blocks at @off, NULL in a hole. */
static const struct piece *block_at(const struct exec_file *f, uint64_t off)
{
	for (size_t i = 0; i < f->blocks.n; i++) {
		const struct piece *p = &f->blocks.v[i];

		if (p->off <= off && off < p->off + p->len)
			return p->kind == PIECE_DATA ? p : NULL;
	}
	return NULL;
}

/* How many pages of all files stand on block @gen at @src. */
static unsigned int users(const struct exec *x, unsigned int gen, uint64_t src)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < x->nr_files; i++) {
		const struct exec_file *f = &x->files[i];

		for (size_t j = 0; j < f->blocks.n && !f->gone; j++) {
			const struct piece *p = &f->blocks.v[j];

			n += p->kind == PIECE_DATA && p->gen == gen && p->src <= src &&
			     src < p->src + p->len;
		}
	}
	return n;
}

void exec_blocks_new(struct exec *x, struct exec_file *f, uint64_t off, uint64_t len)
{
	uint64_t from = page_down(off), to = page_down(off + len + PAGE - 1);
	struct piece fresh = { .kind = PIECE_DATA, .gen = ++x->allocations, .src = from };

	if (from < to)
		shadow_set(&f->blocks, from, to - from, &fresh);
}

void exec_blocks_write(struct exec *x, struct exec_file *f, uint64_t off, uint64_t len)
{
	for (uint64_t page = page_down(off); page < off + len; page += PAGE) {
		const struct piece *p = block_at(f, page);

		if (p && users(x, p->gen, p->src + (page - p->off)) <= 1)
			continue;
		if (p)
			exec_detach_pins(x, f, page, PAGE);
		exec_blocks_new(x, f, page, PAGE);
	}
}
