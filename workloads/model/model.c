/* SPDX-License-Identifier: GPL-2.0-only */
/* Files, mappings, pins and operations of the model: their names, creation and end. */
#include "workloads/model/blocks.h"

#include "workloads/model/pattern.h"

#define DEVICE_SIZE (1ull << 30)

#define FIND(m, things, key)                                                                       \
	({                                                                                         \
		typeof(&(m)->things[0]) found = NULL;                                              \
		for (unsigned int i = 0; i < (m)->nr_##things; i++)                                \
			if (word_eq((m)->things[i].name, key))                                     \
				found = &(m)->things[i];                                           \
		found;                                                                             \
	})

/* The slot of that name, or the next free one; NULL when none is left. */
#define SLOT(m, things, key)                                                                       \
	({                                                                                         \
		typeof(&(m)->things[0]) slot = FIND(m, things, key);                               \
		if (!slot && (m)->nr_##things < MODEL_THINGS_MAX)                                  \
			slot = &(m)->things[(m)->nr_##things++];                                   \
		slot;                                                                              \
	})

void model_init(struct model *m)
{
	struct piece any = { .kind = PIECE_ANY };

	*m = (struct model){ .store = SHADOW_INIT };
	m->device = (struct model_file){ .name = "devdax", .size = DEVICE_SIZE };
	blocks_new(m, &m->device, 0, DEVICE_SIZE, BLOCK_WRITTEN);
	shadow_set(&m->store, 0, DEVICE_SIZE, &any);
}

void model_deinit(struct model *m)
{
	for (unsigned int i = 0; i < m->nr_files; i++)
		shadow_deinit(&m->files[i].blocks);
	for (unsigned int i = 0; i < m->nr_maps; i++)
		shadow_deinit(&m->maps[i].copies);
	for (unsigned int i = 0; i < m->nr_pins; i++)
		shadow_deinit(&m->pins[i].blocks);
	shadow_deinit(&m->device.blocks);
	shadow_deinit(&m->store);
}

struct model_file *model_file(struct model *m, const char *name)
{
	return word_eq(name, "devdax") ? &m->device : FIND(m, files, name);
}

struct model_map *model_map(struct model *m, const char *name)
{
	return FIND(m, maps, name);
}

struct model_pin *model_pin(struct model *m, const char *name)
{
	return FIND(m, pins, name);
}

struct model_op *model_op(struct model *m, const char *name)
{
	return FIND(m, ops, name);
}

struct model_file *model_add_file(struct model *m, const char *name, unsigned int origin,
				  unsigned int gen)
{
	struct model_file *f = SLOT(m, files, name);

	if (!f)
		return NULL;
	shadow_deinit(&f->blocks);
	*f = (struct model_file){ .name = name, .origin = origin, .gen = gen };
	return f;
}

struct model_op *model_add_op(struct model *m, const char *name, const struct op_call *call)
{
	struct model_op *op = SLOT(m, ops, name);

	if (op)
		*op = (struct model_op){ .name = name, .call = call };
	return op;
}

struct model_map *model_add_map(struct model *m, const char *name, struct model_file *file,
				uint64_t off, uint64_t len, bool shared, bool writable)
{
	struct model_map *map = SLOT(m, maps, name);

	if (!map)
		return NULL;
	shadow_deinit(&map->copies);
	*map = (struct model_map){ .name = name,
				   .file = file,
				   .off = off,
				   .len = len,
				   .shared = shared,
				   .writable = writable,
				   .live = true };
	shadow_resize(&map->copies, len, PIECE_BELOW);
	return map;
}

void model_drop_map(struct model *m, struct model_map *map)
{
	map->live = false;
	for (unsigned int i = 0; i < m->nr_pins; i++)
		if (m->pins[i].map == map && !(m->pins[i].info->traits & PIN_HOLDS))
			m->pins[i].lost = true;
}

void model_file_extend(struct model *m, struct model_file *f, uint64_t size)
{
	uint64_t old = f->size;

	/* bytes that a mapping stored beyond the old end must not appear in the file */
	if (size > old && old % MODEL_PAGE)
		blocks_zero(m, f, old, MODEL_PAGE - old % MODEL_PAGE);
	f->size = size;
	shadow_resize(&f->blocks, page_up(size), PIECE_ZERO);
}

void model_file_write_new(struct model *m, struct model_file *f, uint64_t size)
{
	model_file_write(m, f, 0, size, ++f->gen);
}

void model_file_reserve(struct model *m, struct model_file *f, uint64_t size)
{
	model_file_extend(m, f, size);
	blocks_new(m, f, 0, page_up(size), BLOCK_UNWRITTEN);
}

void model_file_copy(struct model *m, struct model_file *f, struct model_file *src, uint64_t size,
		     bool share)
{
	struct shadow bytes;

	model_file_extend(m, f, size);
	if (share) {
		shadow_copy(&f->blocks, 0, &src->blocks, 0, page_up(size));
		return;
	}
	model_file_bytes(m, src, &bytes);
	/* bytes that a device may be writing are unknown: the program writes zeroes there */
	for (size_t i = 0; i < bytes.n; i++)
		if (bytes.v[i].kind == PIECE_DMA || bytes.v[i].kind == PIECE_ANY)
			bytes.v[i].kind = PIECE_ZERO;
	blocks_new(m, f, 0, page_up(size), BLOCK_WRITTEN);
	blocks_put(m, f, 0, &bytes, 0, size);
	shadow_deinit(&bytes);
}

void model_file_write(struct model *m, struct model_file *f, uint64_t off, uint64_t len,
		      unsigned int gen)
{
	struct piece data = { .kind = PIECE_DATA, .origin = f->origin, .gen = gen, .src = off };
	struct shadow bytes = SHADOW_INIT;

	if (off + len > f->size)
		model_file_extend(m, f, off + len);
	blocks_own(m, f, off, len);
	shadow_set(&bytes, 0, len, &data);
	blocks_put(m, f, off, &bytes, 0, len);
	model_lanes_go_on(m);
	shadow_deinit(&bytes);
}

/* Gives a private mapping its own copies of the pages that are to be written. */
static void copy_pages(struct model *m, struct model_map *map, uint64_t off, uint64_t len)
{
	struct shadow now;

	model_map_bytes(m, map, &now);
	for (uint64_t page = page_down(off); page < off + len; page += MODEL_PAGE) {
		struct piece copy = { .kind = PIECE_DATA };

		if (blocks_at(&map->copies, page))
			continue;
		copy.src = store_take(m, MODEL_PAGE);
		shadow_copy(&m->store, copy.src, &now, page, MODEL_PAGE);
		shadow_set(&map->copies, page, MODEL_PAGE, &copy);
	}
	shadow_deinit(&now);
}

static void put_through(struct model *m, struct model_map *map, uint64_t off, uint64_t len,
			const struct piece *what)
{
	struct shadow bytes = SHADOW_INIT;

	shadow_set(&bytes, 0, len, what);
	if (map->shared) {
		blocks_own(m, map->file, map->off + off, len);
		blocks_put(m, map->file, map->off + off, &bytes, 0, len);
	} else {
		copy_pages(m, map, off, len);
		store_put(m, &map->copies, off, &bytes, 0, len);
	}
	model_lanes_go_on(m);
	shadow_deinit(&bytes);
}

void model_map_write(struct model *m, struct model_map *map, uint64_t off, uint64_t len,
		     unsigned int gen)
{
	struct piece data = {
		.kind = PIECE_DATA, .origin = map->file->origin, .gen = gen, .src = map->off + off
	};

	put_through(m, map, off, len, &data);
}

void model_map_spoil(struct model *m, struct model_map *map, uint64_t off, uint64_t len)
{
	struct piece any = { .kind = PIECE_ANY };
	uint64_t end = page_up(map->file->size);

	end = end > map->off ? MIN(end - map->off, off + len) : 0;
	if (off < end)
		put_through(m, map, off, end - off, &any);
}

static bool writes(const struct model_pin *p)
{
	return (p->info->traits & PIN_DMA_WRITES) && p->map->writable;
}

/* Whether the device of another pin still writes to the store at @at. */
static bool written_by_another(const struct model *m, const struct model_pin *self, uint64_t at)
{
	for (unsigned int i = 0; i < m->nr_pins; i++) {
		const struct model_pin *p = &m->pins[i];

		if (p == self || !p->live || !writes(p))
			continue;
		for (size_t j = 0; j < p->blocks.n; j++) {
			const struct piece *b = &p->blocks.v[j];

			if (b->kind == PIECE_DATA && b->src <= at && at < b->src + b->len)
				return true;
		}
	}
	return false;
}

/* Sets all lanes of @p: PIECE_DMA, any generation of its device; or PIECE_DATA, of @gen. */
static void put_lanes(struct model *m, struct model_pin *p, enum piece_kind kind, unsigned int gen)
{
	for (uint64_t page = 0; writes(p) && !m->no_dma && page < p->len; page += PIN_PAGE) {
		uint64_t lane = page + PIN_PAGE - PIN_LANE;
		const struct piece *b = blocks_at(&p->blocks, lane);
		struct piece piece = {
			.kind = kind, .origin = ORIGIN_PIN + p->id, .gen = gen, .src = lane
		};
		uint64_t at;

		if (!b || lane + PIN_LANE > p->len)
			continue;
		at = b->src + (lane - b->off);
		if (written_by_another(m, p, at))
			piece.kind = PIECE_ANY;
		shadow_set(&m->store, at, PIN_LANE, &piece);
	}
}

void model_lanes_go_on(struct model *m)
{
	for (unsigned int i = 0; i < m->nr_pins; i++)
		if (m->pins[i].live)
			put_lanes(m, &m->pins[i], PIECE_DMA, 0);
}

/* Fills @out with the blocks that a pin of @map gets; a read fault over a hole: the zero page. */
static void hold_pages(struct model *m, struct model_pin *p)
{
	struct model_map *map = p->map;
	struct shadow *out = &p->blocks;
	struct piece zero = { .kind = PIECE_ZERO };

	if (writes(p) && map->shared)
		blocks_own(m, map->file, map->off + p->off, p->len);
	else if (writes(p))
		copy_pages(m, map, p->off, p->len);
	shadow_copy(out, 0, &map->file->blocks, map->off + p->off, p->len);
	shadow_resize(out, p->len, PIECE_ZERO);
	shadow_copy(out, 0, &map->copies, p->off, p->len);
	for (size_t i = 0; i < out->n; i++)
		if (out->v[i].kind == PIECE_DATA && out->v[i].gen == BLOCK_UNWRITTEN) {
			shadow_set(out, out->v[i].off, out->v[i].len, &zero);
			i = SIZE_MAX; /* shadow_set() changed the pieces: start again */
		}
}

struct model_pin *model_add_pin(struct model *m, const char *name, const struct pin_info *info,
				unsigned int id, struct model_map *map, uint64_t off, uint64_t len)
{
	struct model_pin *p = SLOT(m, pins, name);

	if (!p)
		return NULL;
	shadow_deinit(&p->blocks);
	*p = (struct model_pin){ .name = name,
				 .info = info,
				 .map = map,
				 .file = map->file,
				 .off = off,
				 .len = len,
				 .live = true,
				 .id = id };
	hold_pages(m, p);
	put_lanes(m, p, PIECE_DMA, 0);
	return p;
}

void model_drop_pin(struct model *m, struct model_pin *p, unsigned int gen)
{
	if (!p->live)
		return;
	put_lanes(m, p, PIECE_DATA, gen);
	p->live = false;
}

void model_lose_pin(struct model *m, struct model_pin *p)
{
	(void)m;
	p->live = false; /* its lanes stay PIECE_DMA: any generation of its device */
}

void model_file_bytes(const struct model *m, const struct model_file *f, struct shadow *out)
{
	*out = (struct shadow)SHADOW_INIT;
	store_get(m, &f->blocks, 0, f->size, out);
}

void model_map_bytes(const struct model *m, const struct model_map *map, struct shadow *out)
{
	struct shadow copies = SHADOW_INIT;

	*out = (struct shadow)SHADOW_INIT;
	store_get(m, &map->file->blocks, map->off, map->len, out);
	store_get(m, &map->copies, 0, map->len, &copies);
	shadow_copy(out, 0, &copies, 0, map->len);
	shadow_deinit(&copies);
}

void model_pin_bytes(const struct model *m, const struct model_pin *p, struct shadow *out)
{
	struct shadow map;

	*out = (struct shadow)SHADOW_INIT;
	if (p->info->traits & PIN_HOLDS) {
		store_get(m, &p->blocks, 0, p->len, out);
		return;
	}
	model_map_bytes(m, p->map, &map);
	shadow_copy(out, 0, &map, p->off, p->len);
	shadow_deinit(&map);
}

bool model_pin_shows(const struct model *m, const struct model_pin *p, const void *data)
{
	const struct shadow nothing = SHADOW_INIT;
	const uint8_t *at = data;
	struct mismatch mismatch;

	if (!(p->info->traits & PIN_HOLDS))
		return false; /* it holds no blocks: model_pin_bytes() follows the mapping */
	for (size_t i = 0; i < p->blocks.n; i++) {
		const struct piece *b = &p->blocks.v[i];

		if (!shadow_check(b->kind == PIECE_DATA ? &m->store : &nothing, b->src, at + b->off,
				  b->len, &mismatch))
			return false;
	}
	return true;
}
