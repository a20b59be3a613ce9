/* SPDX-License-Identifier: GPL-2.0-only */
/* What an operation does to the files. */
#include "workloads/model/blocks.h"

#define TO_THE_END (UINT64_MAX / 2)

/* Pins that hold nothing lose sight of pages that stop being the file's. */
static void lose(struct model *m, const struct model_file *f, uint64_t off, uint64_t len)
{
	for (unsigned int i = 0; i < m->nr_pins; i++) {
		struct model_pin *p = &m->pins[i];
		uint64_t at;

		if (p->file != f || !p->live || (p->info->traits & PIN_HOLDS))
			continue;
		at = p->map->off + p->off;
		p->lost |= at < off + len && off < at + p->len;
	}
}

static void cut(struct model *m, struct model_file *f, uint64_t size)
{
	struct piece below = { .kind = PIECE_BELOW };
	uint64_t end = page_up(size);

	lose(m, f, size, TO_THE_END);
	blocks_zero(m, f, size, end - size);
	shadow_resize(&f->blocks, end, PIECE_ZERO);
	f->size = size;
	/* private copies behind the end go, too: unmap_mapping_range() with even_cows */
	for (unsigned int i = 0; i < m->nr_maps; i++) {
		struct model_map *map = &m->maps[i];
		uint64_t from = end > map->off ? end - map->off : 0;

		if (map->file == f && from < map->len)
			shadow_set(&map->copies, from, map->len - from, &below);
	}
}

static void apply_truncate(struct model *m, struct model_file *f, uint64_t size)
{
	if (size < f->size)
		cut(m, f, size);
	else
		model_file_extend(m, f, size);
}

/* Whole pages become holes or, with @reserve, unwritten; parts of pages become zero. */
static void apply_zeroes(struct model *m, struct model_file *f, uint64_t off, uint64_t end,
			 bool reserve)
{
	const struct piece hole = { .kind = PIECE_ZERO };
	uint64_t from = page_up(off), to = end >= f->size ? page_up(end) : page_down(end);

	end = MIN(end, page_up(f->size));
	to = MIN(to, page_up(f->size));
	if (off >= end)
		return;
	lose(m, f, off, end - off);
	if (from > to) {
		blocks_zero(m, f, off, end - off);
		return;
	}
	blocks_zero(m, f, off, from - off);
	if (end > to)
		blocks_zero(m, f, to, end - to);
	if (from == to)
		return;
	if (reserve)
		blocks_new(m, f, from, to - from, BLOCK_UNWRITTEN);
	else
		shadow_set(&f->blocks, from, to - from, &hole);
}

static void apply_reserve(struct model *m, struct model_file *f, uint64_t off, uint64_t len)
{
	if (off + len > f->size)
		model_file_extend(m, f, off + len);
	for (uint64_t page = page_down(off); page < off + len; page += MODEL_PAGE)
		if (!blocks_at(&f->blocks, page))
			blocks_new(m, f, page, MODEL_PAGE, BLOCK_UNWRITTEN);
}

static void apply_clone(struct model *m, struct model_file *src, uint64_t soff,
			struct model_file *dst, uint64_t doff, uint64_t len)
{
	if (!len)
		len = src->size - MIN(soff, src->size);
	lose(m, dst, doff, len);
	if (doff + len > dst->size)
		model_file_extend(m, dst, doff + len);
	shadow_copy(&dst->blocks, doff, &src->blocks, soff, page_up(len));
}

static void apply_exchange(struct model *m, struct model_file *f, uint64_t off,
			   struct model_file *g, uint64_t goff, uint64_t len)
{
	struct shadow kept = SHADOW_INIT;

	lose(m, f, off, len);
	lose(m, g, goff, len);
	shadow_copy(&kept, 0, &f->blocks, off, page_up(len));
	shadow_copy(&f->blocks, off, &g->blocks, goff, page_up(len));
	shadow_copy(&g->blocks, goff, &kept, 0, page_up(len));
	shadow_deinit(&kept);
}

static void apply_unlink(struct model *m, struct model_file *f)
{
	lose(m, f, 0, TO_THE_END);
	f->gone = true;
}

void model_apply(struct model *m, const struct mutator_call *c, unsigned int gen)
{
	const char *op = c->mutator->name;
	struct model_file *f = c->file[0] ? model_file(m, c->file[0]) : NULL;
	struct model_file *g = c->file[1] ? model_file(m, c->file[1]) : NULL;

	if (word_eq(op, "truncate")) {
		apply_truncate(m, f, c->size);
	} else if (word_eq(op, "punch")) {
		apply_zeroes(m, f, c->off[0], c->off[0] + c->len, false);
	} else if (word_eq(op, "zero")) {
		if (c->off[0] + c->len > f->size)
			model_file_extend(m, f, c->off[0] + c->len);
		apply_zeroes(m, f, c->off[0], c->off[0] + c->len, true);
	} else if (word_eq(op, "collapse")) {
		lose(m, f, c->off[0], TO_THE_END);
		shadow_collapse(&f->blocks, c->off[0], c->len);
		f->size -= c->len;
	} else if (word_eq(op, "insert")) {
		lose(m, f, c->off[0], TO_THE_END);
		shadow_insert(&f->blocks, c->off[0], c->len);
		f->size += c->len;
	} else if (word_eq(op, "falloc")) {
		apply_reserve(m, f, c->off[0], c->len);
	} else if (word_eq(op, "clone")) {
		apply_clone(m, f, 0, g, 0, 0);
	} else if (word_eq(op, "clone-range")) {
		apply_clone(m, f, c->off[0], g, c->off[1], c->len);
	} else if (word_eq(op, "dedupe")) {
		/* ranges that differ stay as they are, whatever it returned */
		if (!model_result(m, c))
			apply_clone(m, f, c->off[0], g, c->off[1], c->len);
	} else if (word_eq(op, "exchange")) {
		apply_exchange(m, f, c->off[0], g, c->off[1], c->len);
	} else if (word_eq(op, "write")) {
		model_file_write(m, f, c->off[0], c->len, gen);
	} else if (word_eq(op, "store")) {
		model_map_write(m, model_map(m, c->map), c->off[0], c->len, gen);
	} else if (word_eq(op, "hwpoison")) {
		f->poisoned = true;
		model_map_spoil(m, model_map(m, c->map), c->off[0], c->len);
	} else if (word_eq(op, "unlink")) {
		apply_unlink(m, f);
	} else if (word_eq(op, "umount") || word_eq(op, "unbind")) {
		for (unsigned int i = 0; i < m->nr_files; i++)
			lose(m, &m->files[i], 0, TO_THE_END);
	}
	model_lanes_go_on(m);
}
