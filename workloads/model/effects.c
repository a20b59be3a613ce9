/* SPDX-License-Identifier: GPL-2.0-only */
/* What an operation does to the files. */
#include "workloads/model/effects.h"

void effect_lose(struct model *m, const struct model_file *f, uint64_t off, uint64_t len)
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

void effect_lose_all(struct model *m)
{
	for (unsigned int i = 0; i < m->nr_files; i++)
		effect_lose(m, &m->files[i], 0, MODEL_TO_THE_END);
}

void effect_cut(struct model *m, struct model_file *f, uint64_t size)
{
	struct piece below = { .kind = PIECE_BELOW };
	uint64_t end = page_up(size);

	effect_lose(m, f, size, MODEL_TO_THE_END);
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

void effect_zero(struct model *m, struct model_file *f, uint64_t off, uint64_t end, bool reserve)
{
	const struct piece hole = { .kind = PIECE_ZERO };
	uint64_t from = page_up(off), to = end >= f->size ? page_up(end) : page_down(end);

	end = MIN(end, page_up(f->size));
	to = MIN(to, page_up(f->size));
	if (off >= end)
		return;
	effect_lose(m, f, off, end - off);
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

void effect_reserve(struct model *m, struct model_file *f, uint64_t off, uint64_t len)
{
	if (off + len > f->size)
		model_file_extend(m, f, off + len);
	for (uint64_t page = page_down(off); page < off + len; page += MODEL_PAGE)
		if (!blocks_at(&f->blocks, page))
			blocks_new(m, f, page, MODEL_PAGE, BLOCK_UNWRITTEN);
}

void effect_share(struct model *m, struct model_file *src, uint64_t soff, struct model_file *dst,
		  uint64_t doff, uint64_t len)
{
	effect_lose(m, dst, doff, len);
	if (doff + len > dst->size)
		model_file_extend(m, dst, doff + len);
	shadow_copy(&dst->blocks, doff, &src->blocks, soff, page_up(len));
}

void effect_swap(struct model *m, struct model_file *f, uint64_t off, struct model_file *g,
		 uint64_t goff, uint64_t len)
{
	struct shadow kept = SHADOW_INIT;

	effect_lose(m, f, off, len);
	effect_lose(m, g, goff, len);
	shadow_copy(&kept, 0, &f->blocks, off, page_up(len));
	shadow_copy(&f->blocks, off, &g->blocks, goff, page_up(len));
	shadow_copy(&g->blocks, goff, &kept, 0, page_up(len));
	shadow_deinit(&kept);
}

void model_make_anew(struct model *m)
{
	effect_lose_all(m);
	for (unsigned int i = 0; i < m->nr_files; i++)
		m->files[i].gone = true;
}

void model_apply(struct model *m, const struct op_call *c, unsigned int gen)
{
	c->op->apply(m, c, gen);
	model_lanes_go_on(m);
}
