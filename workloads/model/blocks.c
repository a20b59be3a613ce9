/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/model/blocks.h"

const struct piece *blocks_at(const struct shadow *blocks, uint64_t off)
{
	for (size_t i = 0; i < blocks->n; i++) {
		const struct piece *p = &blocks->v[i];

		if (p->off <= off && off < p->off + p->len)
			return p->kind == PIECE_DATA ? p : NULL;
	}
	return NULL;
}

bool model_is_written(const struct model_file *f, uint64_t off, uint64_t len)
{
	for (uint64_t at = page_down(off); at < off + len; at += MODEL_PAGE) {
		const struct piece *b = blocks_at(&f->blocks, at);

		if (!b || b->gen != BLOCK_WRITTEN)
			return false;
	}
	return true;
}

uint64_t store_take(struct model *m, uint64_t len)
{
	uint64_t at = m->store.size;

	shadow_resize(&m->store, at + len, PIECE_ZERO);
	return at;
}

void store_put(struct model *m, const struct shadow *blocks, uint64_t off,
	       const struct shadow *bytes, uint64_t from, uint64_t len)
{
	for (size_t i = 0; i < blocks->n; i++) {
		const struct piece *b = &blocks->v[i];
		uint64_t start = MAX(b->off, off), end = MIN(b->off + b->len, off + len);

		if (b->kind == PIECE_DATA && start < end)
			shadow_copy(&m->store, b->src + (start - b->off), bytes,
				    from + (start - off), end - start);
	}
}

void store_get(const struct model *m, const struct shadow *blocks, uint64_t off, uint64_t len,
	       struct shadow *out)
{
	for (size_t i = 0; i < blocks->n; i++) {
		const struct piece *b = &blocks->v[i];
		uint64_t start = MAX(b->off, off), end = MIN(b->off + b->len, off + len);

		if (start >= end)
			continue;
		if (b->kind == PIECE_DATA)
			shadow_copy(out, start - off, &m->store, b->src + (start - b->off),
				    end - start);
		else
			shadow_set(out, start - off, end - start,
				   &(struct piece){ .kind = b->kind });
	}
	shadow_resize(out, len, PIECE_ZERO);
}

void blocks_new(struct model *m, struct model_file *f, uint64_t off, uint64_t len,
		unsigned int state)
{
	struct piece fresh = { .kind = PIECE_DATA, .gen = state };

	if (!len)
		return;
	fresh.src = store_take(m, len);
	shadow_set(&f->blocks, off, len, &fresh);
}

/* Whether @f still has blocks: an unlinked file keeps them while it is mapped. */
static bool is_there(const struct model *m, const struct model_file *f)
{
	bool there = !f->gone;

	for (unsigned int i = 0; i < m->nr_maps && !there; i++)
		there = m->maps[i].live && m->maps[i].file == f;
	return there;
}

/* The number of pages, of all files, that use the block at @at of the store. */
static unsigned int owners(const struct model *m, uint64_t at)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < m->nr_files; i++) {
		const struct model_file *f = &m->files[i];
		bool there = is_there(m, f);

		for (size_t j = 0; there && j < f->blocks.n; j++) {
			const struct piece *p = &f->blocks.v[j];

			n += p->kind == PIECE_DATA && p->src <= at && at < p->src + p->len;
		}
	}
	return n;
}

enum model_access model_access(const struct model *m, const struct model_map *map, uint64_t off)
{
	const struct model_file *f = map->file;
	uint64_t at = map->off + off;
	const struct piece *b = blocks_at(&f->blocks, at);

	if (f == &m->device || f->gone || f->poisoned || f->unsure)
		return MODEL_ACCESS_ANY;
	if (at >= page_up(f->size))
		return MODEL_ACCESS_FAILS;
	if (blocks_at(&map->copies, off))
		return MODEL_ACCESS_READS;
	if (!b || b->gen == BLOCK_UNWRITTEN)
		return MODEL_ACCESS_HOLE;
	if (!map->shared || !map->writable || owners(m, b->src + (at - b->off)) > 1)
		return MODEL_ACCESS_READS;
	return MODEL_ACCESS_WRITES;
}

enum model_access model_access_least(const struct model *m, const struct model_map *map,
				     uint64_t off, uint64_t len)
{
	enum model_access least = MODEL_ACCESS_WRITES;

	for (uint64_t at = page_down(off); at < off + len; at += MODEL_PAGE)
		least = MIN(least, model_access(m, map, at));
	return least;
}

static void own_page(struct model *m, struct model_file *f, uint64_t page)
{
	const struct piece *b = blocks_at(&f->blocks, page);
	uint64_t old = b ? b->src + (page - b->off) : 0;
	struct piece written;

	if (b && owners(m, old) > 1) {
		uint64_t fresh = store_take(m, MODEL_PAGE);

		shadow_copy(&m->store, fresh, &m->store, old, MODEL_PAGE);
		written = (struct piece){ .kind = PIECE_DATA, .src = fresh };
	} else if (b && b->gen == BLOCK_UNWRITTEN) {
		written = (struct piece){ .kind = PIECE_DATA, .src = old };
	} else if (!b) {
		blocks_new(m, f, page, MODEL_PAGE, BLOCK_WRITTEN);
		return;
	} else {
		return;
	}
	shadow_set(&f->blocks, page, MODEL_PAGE, &written);
}

/* Whether @f is the only file with blocks. */
static bool alone(const struct model *m, const struct model_file *f)
{
	for (unsigned int i = 0; i < m->nr_files; i++)
		if (&m->files[i] != f && m->files[i].blocks.n && is_there(m, &m->files[i]))
			return false;
	return true;
}

void blocks_own(struct model *m, struct model_file *f, uint64_t off, uint64_t len)
{
	uint64_t from = page_down(off), to = page_up(off + len);
	const struct piece *b = blocks_at(&f->blocks, from);

	/* for speed: a new file that is written whole, else done page by page below */
	if (f->blocks.n == 1 && !b && from == 0 && to == f->blocks.size) {
		blocks_new(m, f, 0, to, BLOCK_WRITTEN);
		return;
	}
	if (f->blocks.n == 1 && b && b->gen == BLOCK_WRITTEN && alone(m, f))
		return;
	for (uint64_t page = from; page < to; page += MODEL_PAGE)
		own_page(m, f, page);
}

void blocks_put(struct model *m, struct model_file *f, uint64_t off, const struct shadow *bytes,
		uint64_t from, uint64_t len)
{
	store_put(m, &f->blocks, off, bytes, from, len);
}

void blocks_zero(struct model *m, struct model_file *f, uint64_t off, uint64_t len)
{
	const struct piece *b = blocks_at(&f->blocks, off);
	struct shadow zeroes = SHADOW_INIT;

	if (!len || !b || b->gen == BLOCK_UNWRITTEN)
		return;
	blocks_own(m, f, off, len);
	shadow_resize(&zeroes, len, PIECE_ZERO);
	blocks_put(m, f, off, &zeroes, 0, len);
	shadow_deinit(&zeroes);
}
