/* SPDX-License-Identifier: GPL-2.0-only */
/* What an operation does to the bytes that files and pins must show. */
#include "workloads/exec/exec.h"

#include <string.h>

#include "workloads/pattern.h"

static bool has_lanes(const struct exec_pin *p)
{
	return p->live && (p->pin.kind && p->pin.dma_gen);
}

/* Lays the DMA lanes of @p over @s, in which the pinned range starts at @at. */
static void overlay_lanes(struct shadow *s, uint64_t at, const struct exec_pin *p,
			  enum piece_kind kind)
{
	for (uint64_t page = 0; page < p->pin.len; page += PIN_PAGE) {
		uint64_t lane = page + PIN_PAGE - PIN_LANE;
		struct piece piece = {
			.kind = kind,
			.origin = ORIGIN_PIN + p->pin.id,
			.gen = p->pin.dma_gen & 0xffff,
			.src = lane,
		};

		if (at + lane + PIN_LANE <= s->size)
			shadow_set(s, at + lane, PIN_LANE, &piece);
	}
}

void exec_file_expected(struct exec *x, const struct exec_file *f, struct shadow *out)
{
	*out = (struct shadow)SHADOW_INIT;
	shadow_copy(out, 0, &f->shadow, 0, f->shadow.size);
	shadow_resize(out, f->shadow.size, PIECE_ZERO);
	for (unsigned int i = 0; i < x->nr_pins; i++) {
		const struct exec_pin *p = &x->pins[i];

		if (p->file == f && p->attached && has_lanes(p))
			overlay_lanes(out, p->off, p, PIECE_DMA);
	}
}

static bool any_lanes(const struct exec *x, const struct exec_file *f)
{
	for (unsigned int i = 0; i < x->nr_pins; i++)
		if (x->pins[i].file == f && x->pins[i].attached && has_lanes(&x->pins[i]))
			return true;
	return false;
}

bool exec_pin_is_file(const struct exec *x, const struct exec_pin *p)
{
	return p->file && p->attached && !any_lanes(x, p->file);
}

void exec_pin_expected(struct exec *x, const struct exec_pin *p, struct shadow *out)
{
	struct shadow file;

	*out = (struct shadow)SHADOW_INIT;
	if (!p->file || !p->attached) {
		shadow_copy(out, 0, &p->own, 0, p->own.size);
	} else if (exec_pin_is_file(x, p)) {
		shadow_copy(out, 0, &p->file->shadow, p->off, p->pin.len);
	} else {
		exec_file_expected(x, p->file, &file);
		shadow_copy(out, 0, &file, p->off, p->pin.len);
		shadow_deinit(&file);
	}
	shadow_resize(out, p->pin.len, PIECE_ZERO);
	if (has_lanes(p))
		overlay_lanes(out, 0, p, PIECE_DMA);
}

/* Called before the file's own shadow changes. */
void exec_detach_pins(struct exec *x, struct exec_file *f, uint64_t off, uint64_t len)
{
	for (unsigned int i = 0; i < x->nr_pins; i++) {
		struct exec_pin *p = &x->pins[i];
		struct shadow now;

		if (p->file != f || !p->attached || p->off >= off + len ||
		    p->off + p->pin.len <= off)
			continue;
		exec_pin_expected(x, p, &now);
		shadow_deinit(&p->own);
		p->own = now;
		if (has_lanes(p))
			overlay_lanes(&f->shadow, p->off, p, PIECE_DMA);
		p->attached = false;
	}
}

void exec_apply_store(struct exec *x, struct exec_file *f, uint64_t off, uint64_t len,
		      unsigned int gen)
{
	struct piece piece = { .kind = PIECE_DATA, .origin = f->origin, .gen = gen, .src = off };

	exec_blocks_write(x, f, off, len);
	shadow_set(&f->shadow, off, len, &piece);
}

void exec_apply_release(struct exec *x, struct exec_pin *p)
{
	(void)x;
	if (p->file && p->attached && has_lanes(p))
		overlay_lanes(&p->file->shadow, p->off, p, PIECE_DATA);
}

static void apply_zero(struct exec *x, struct exec_file *f, uint64_t off, uint64_t len,
		       bool grow)
{
	struct piece zero = { .kind = PIECE_ZERO };
	uint64_t end = off + len;

	if (!grow)
		end = MIN(end, f->shadow.size);
	if (off >= end)
		return;
	exec_detach_pins(x, f, off, end - off);
	shadow_set(&f->shadow, off, end - off, &zero);
	shadow_set(&f->blocks, off, end - off, &zero);
}

static void apply_clone(struct exec *x, struct exec_file *src, uint64_t soff,
			struct exec_file *dst, uint64_t doff, uint64_t len)
{
	struct shadow now;

	exec_file_expected(x, src, &now);
	if (!len)
		len = src->shadow.size - MIN(soff, src->shadow.size);
	exec_detach_pins(x, dst, doff, len);
	shadow_copy(&dst->shadow, doff, &now, soff, len);
	shadow_deinit(&now);
	shadow_copy(&dst->blocks, doff, &src->blocks, soff, len);
}

/* Behind the new end private copies go, too (unmap_mapping_range(), even_cows). */
static void drop_copies(struct exec *x, const struct exec_file *f, uint64_t size)
{
	struct piece below = { .kind = PIECE_BELOW };

	size = (size + 4095) & ~4095ull;
	for (unsigned int i = 0; i < x->nr_maps; i++) {
		struct exec_map *m = &x->maps[i];
		uint64_t from = size > m->off ? size - m->off : 0;

		if (m->file == f && from < m->len)
			shadow_set(&m->overlay, from, m->len - from, &below);
	}
}

static void apply_gone(struct exec *x, struct exec_file *f)
{
	exec_detach_pins(x, f, 0, UINT64_MAX / 2);
	f->gone = true;
	f->fd = -1;
}

void exec_apply(struct exec *x, const struct mutator_call *c, unsigned int gen)
{
	const char *op = c->mutator->name;
	struct exec_file *f = c->file[0] ? exec_file(x, c->file[0]) : NULL;
	struct exec_file *g = c->file[1] ? exec_file(x, c->file[1]) : NULL;

	if (word_eq(op, "truncate")) {
		if (c->size < f->shadow.size)
			exec_detach_pins(x, f, c->size, f->shadow.size - c->size);
		shadow_resize(&f->shadow, c->size, PIECE_ZERO);
		shadow_resize(&f->blocks, c->size, PIECE_ZERO);
		drop_copies(x, f, c->size);
	} else if (word_eq(op, "punch")) {
		apply_zero(x, f, c->off[0], c->len, false);
	} else if (word_eq(op, "zero")) {
		apply_zero(x, f, c->off[0], c->len, true);
	} else if (word_eq(op, "collapse")) {
		exec_detach_pins(x, f, c->off[0], f->shadow.size);
		shadow_collapse(&f->shadow, c->off[0], c->len);
		shadow_collapse(&f->blocks, c->off[0], c->len);
	} else if (word_eq(op, "insert")) {
		exec_detach_pins(x, f, c->off[0], f->shadow.size);
		shadow_insert(&f->shadow, c->off[0], c->len);
		shadow_insert(&f->blocks, c->off[0], c->len);
	} else if (word_eq(op, "falloc")) {
		shadow_resize(&f->shadow, MAX(f->shadow.size, c->off[0] + c->len), PIECE_ZERO);
		shadow_resize(&f->blocks, f->shadow.size, PIECE_ZERO);
	} else if (word_eq(op, "clone")) {
		apply_clone(x, f, 0, g, 0, 0);
	} else if (word_eq(op, "clone-range") || word_eq(op, "dedupe")) {
		apply_clone(x, f, c->off[0], g, c->off[1], c->len);
	} else if (word_eq(op, "write")) {
		exec_apply_store(x, f, c->off[0], c->len, gen);
	} else if (word_eq(op, "unlink")) {
		apply_gone(x, f);
	} else if (word_eq(op, "umount")) {
		for (unsigned int i = 0; i < x->nr_files; i++)
			exec_detach_pins(x, &x->files[i], 0, UINT64_MAX / 2);
		x->mounted = false;
	}
}
