/* SPDX-License-Identifier: GPL-2.0-only */
/* What files, mappings and pins must show. */
#include <stdio.h>

#include "workloads/c/odp-steps.h"
#include "workloads/c/told.h"
#include "workloads/model/blocks.h"

const char *told_wrote(struct told *t, unsigned int origin, unsigned int gen, uint64_t off)
{
	const char *number = t->in_block ? told_short(t, TOLD_GEN, origin, gen) :
					   told_short(t, "%u", gen);

	return told_short(t, "WROTE(FILE_%s, %s, %s)", told_file_id(t, origin), number,
			  told_size(t, off));
}

const char *told_what(struct told *t, const struct piece *p, uint64_t off)
{
	if (p->kind == PIECE_ZERO)
		return "ZERO";
	return told_wrote(t, p->origin, p->gen, p->src + (off - p->off));
}

bool told_goes_on(const struct piece *p, const struct piece *next)
{
	if (p->kind != next->kind)
		return false;
	return p->kind != PIECE_DATA ||
	       (p->origin == next->origin && p->gen == next->gen && p->src + p->len == next->src);
}

/* One call of @head for each piece of [off, end); bytes that two writers raced for are left out. */
static struct err *tell_bytes(struct told *t, const struct step *st, const char *call,
			      const struct shadow *want, uint64_t off, uint64_t end)
{
	_cleanup_free_ char *head = xstrdup(call);

	for (size_t i = 0; i < want->n; i++) {
		struct piece p = want->v[i];
		uint64_t from, to;

		while (i + 1 < want->n && told_goes_on(&p, &want->v[i + 1]))
			p.len += want->v[++i].len;
		from = MAX(p.off, off);
		to = MIN(p.off + p.len, end);
		if (from >= to || p.kind == PIECE_ANY)
			continue;
		if (p.kind == PIECE_DMA)
			return told_refuse(t, st, "check", "a device writes these bytes");
		told_use(t, t->checker);
		told_line(t, "%s, %s, %s, %s);", head, told_size(t, from), told_size(t, to - from),
			  told_what(t, &p, from));
	}
	return NULL;
}

static struct err *tell_zeroes(struct told *t, const char *head, uint64_t off, uint64_t len)
{
	told_use(t, t->checker);
	told_line(t, "%s, %s, %s, ZERO);", head, told_size(t, off), told_size(t, len));
	return NULL;
}

/* Of a file of unknown size only all is checked, and only while it is as it was made. */
static struct err *check_rest(struct told *t, const struct step *st, const struct shadow *want,
			      const char *head, bool whole)
{
	const char *id = told_id(t, st->name);
	struct piece p = want->n ? want->v[0] : (struct piece){ 0 };

	for (size_t i = 1; i < want->n && told_goes_on(&p, &want->v[i]); i++)
		p.len += want->v[i].len;
	if (!whole || p.kind != PIECE_DATA || p.len != want->size)
		return told_refuse(t, st, "check", "of a file that filled the filesystem, a part");
	told_line(t, "check_size(\"%s\", fd_%s, size_%s);", st->name, id, id);
	told_use(t, t->checker);
	told_line(t, "%s, 0, size_%s, %s);", head, id, told_what(t, &p, 0));
	return NULL;
}

struct err *told_check_file(struct told *t, const struct step *st)
{
	struct model_file *f = model_file(&t->m, st->name);
	const struct model_op *op = told_changing(t, st->name);
	const char *fd = told_fd(t, st->name), *head;
	uint64_t end = st->len ? st->off + st->len : f->size;
	struct shadow want;
	struct err *err;

	if (op)
		return told_refuse(t, st, "check",
				   told_short(t, "'%s' may not have ended", op->name));
	if (st->check_size) {
		told_use(t, "check-size");
		told_line(t, "check_size(\"%s\", %s, %s);", st->name, fd, told_size(t, st->len));
		return NULL;
	}
	if (f->unsure)
		return told_refuse(t, st, "check", "an operation on it may have failed");
	t->checker = "check-file";
	head = told_short(t, "check_file(\"%s\", %s", st->name, fd);
	if (!st->len)
		told_use(t, "check-size");
	model_file_bytes(&t->m, f, &want);
	if (t->rest[told_word(&t->files, st->name)]) {
		err = check_rest(t, st, &want, head, !st->len && !st->check_zero);
	} else {
		if (!st->len)
			told_line(t, "check_size(\"%s\", %s, %s);", st->name, fd,
				  told_size(t, f->size));
		err = st->check_zero ? tell_zeroes(t, head, st->off, end - st->off) :
				       tell_bytes(t, st, head, &want, st->off, end);
	}
	shadow_deinit(&want);
	return err;
}

static struct err *check_map(struct told *t, const struct step *st)
{
	struct model_map *m = model_map(&t->m, st->name);
	uint64_t size = page_up(m->file->size), end = st->len ? st->off + st->len : m->len;
	const char *id = told_id(t, st->name);
	const char *head = told_short(t, "check_map(\"%s\", map_%s", st->name, id);
	struct shadow want;
	struct err *err;

	if (told_unknown(t, m->file->name) || m->file->unsure)
		return told_refuse(t, st, "check",
				   "an operation on its file may or may not have ended");
	size = size > m->off ? size - m->off : 0;
	if (size < end) {
		told_use(t, "check-past-end");
		told_line(t, "check_past_end(\"%s\", map_%s, %s, %s);", st->name, id,
			  told_size(t, MAX(size, st->off)), told_size(t, end - MAX(size, st->off)));
	}
	end = MIN(end, size);
	if (end <= st->off)
		return NULL;
	t->checker = "check-map";
	if (st->check_zero)
		return tell_zeroes(t, head, st->off, end - st->off);
	model_map_bytes(&t->m, m, &want);
	err = tell_bytes(t, st, head, &want, st->off, end);
	shadow_deinit(&want);
	return err;
}

/* The bytes of @data, which the pin showed. */
struct err *told_held(struct told *t, const struct step *st, const struct model_pin *p,
		      uint64_t off, uint64_t len, bool zero)
{
	const char *head = told_short(t, "check_held(\"%s\", data", p->name);
	struct shadow want;
	struct err *err;

	t->checker = "check-held";
	if (zero)
		return tell_zeroes(t, head, off, len);
	model_pin_bytes(&t->m, p, &want);
	err = tell_bytes(t, st, head, &want, off, off + len);
	shadow_deinit(&want);
	return err;
}

static struct err *check_pin(struct told *t, const struct step *st)
{
	const struct model_pin *p = model_pin(&t->m, st->name);
	struct err *err;

	if (pin_traits_on_demand(p->info->traits))
		return told_odp_check(t, st, p);
	err = told_look(t, st, p);
	if (err)
		return err;
	err = told_held(t, st, p, st->off, st->len ? st->len : p->len - st->off, st->check_zero);
	told_line(t, "free(data);");
	return err;
}

struct err *told_check(struct told *t, const struct step *st)
{
	if (st->thing == THING_FILE)
		return told_check_file(t, st);
	return st->thing == THING_MAP ? check_map(t, st) : check_pin(t, st);
}

struct err *told_check_files(struct told *t, const struct step *st)
{
	struct step check = { .verb = STEP_CHECK, .thing = THING_FILE, .line = st->line };
	struct err *err = NULL;

	for (unsigned int i = 0; i < t->m.nr_files && !err; i++) {
		const struct model_file *f = &t->m.files[i];

		if (f->gone || f->unsure || told_changing(t, f->name) ||
		    t->closed[told_word(&t->files, f->name)])
			continue;
		check.name = (char *)f->name;
		err = told_check_file(t, &check);
	}
	return err;
}
