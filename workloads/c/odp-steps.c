/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A pin that sees pages and holds none: each access through it must meet the current pages of
 * the file. Runs of pages with the same access are told by one line.
 */
#include "workloads/c/odp-steps.h"

#include "workloads/c/pins.h"
#include "workloads/model/blocks.h"

enum use { TAKE, LOOK, RELEASE };

/* Accesses of [off, end), whose pages are alike. */
static void tell_run(struct told *t, const struct model_pin *p, enum model_access access,
		     uint64_t off, uint64_t end, enum use use)
{
	uint64_t edges[] = { off, end - MODEL_PAGE };
	const char *id = told_id(t, p->name);
	bool fails = access == MODEL_ACCESS_FAILS;

	for (int i = 0; i < (edges[0] == edges[1] ? 1 : 2); i++) {
		const char *at = told_size(t, edges[i]);

		if (fails && use != TAKE) {
			told_use(t, "odp-refused");
			told_line(t, "odp_refused(&pin_%s, %s, %d);", id, at,
				  p->map->writable && use == RELEASE);
		} else if (access == MODEL_ACCESS_WRITES && p->map->writable && use != LOOK) {
			told_use(t, "odp-write-back");
			told_line(t, "odp_write_back(&pin_%s, %s);", id, at);
		}
	}
}

/* Reads [off, end), whose pages are there, and compares them but at first. */
static struct err *read_run(struct told *t, const struct step *st, const struct model_pin *p,
			    uint64_t off, uint64_t end, enum use use)
{
	struct err *err = NULL;

	told_use(t, "odp-read");
	told_global(t, "static char *data;");
	told_line(t, "data = odp_read(&pin_%s, %s, %s, 4 * K);", told_id(t, p->name),
		  told_size(t, off), told_size(t, end - off));
	if (use != TAKE)
		err = told_held(t, st, p, off, end - off, st->check_zero);
	told_line(t, "free(data);");
	return err;
}

static bool is_there(enum model_access access)
{
	return access != MODEL_ACCESS_ANY && access != MODEL_ACCESS_FAILS;
}

static enum model_access access_at(struct told *t, const struct model_pin *p, uint64_t off)
{
	enum model_access access = model_access(&t->m, p->map, p->off + off);

	/* a hole that is new may be refused */
	return access == MODEL_ACCESS_HOLE && p->lost ? MODEL_ACCESS_ANY : access;
}

/* Whether its pages are those of the file, as no operation goes on there. */
static bool is_certain(struct told *t, const struct model_pin *p)
{
	return !t->unmapped[p - t->m.pins] && !told_pending(t, p->file->name);
}

/* All accesses of the pin. None are certain while an operation on its file goes on. */
static struct err *tell_accesses(struct told *t, const struct step *st, const struct model_pin *p,
				 enum use use)
{
	struct err *err = NULL;
	uint64_t end;

	if (!is_certain(t, p))
		return use == LOOK ? told_refuse(t, st, "check", "its pages are not certain") :
				     NULL;
	for (uint64_t off = 0; off < p->len && !err; off = end) {
		enum model_access access = access_at(t, p, off);

		for (end = off; end < p->len && access_at(t, p, end) == access;)
			end += MODEL_PAGE;
		if (is_there(access))
			err = read_run(t, st, p, off, end, use);
		tell_run(t, p, access, off, end, use);
	}
	return err;
}

struct err *told_odp_take(struct told *t, const struct step *st, const struct model_pin *p)
{
	if (p->off % MODEL_PAGE || p->len % MODEL_PAGE)
		return told_refuse(t, st, "pin", "its range is not of whole pages");
	told_line(t, "odp_take(&pin_%s, %s, %s, %d);", told_id(t, p->name),
		  told_at(t, p->map->name, p->off), told_size(t, p->len), p->map->writable);
	return tell_accesses(t, st, p, TAKE);
}

struct err *told_odp_release(struct told *t, const struct step *st, const struct model_pin *p)
{
	struct err *err = tell_accesses(t, st, p, RELEASE);

	told_line(t, "odp_release(&pin_%s);", told_id(t, p->name));
	return err;
}

/* Whether one transfer of this range is certain to be granted. */
static struct err *need_all(struct told *t, const struct step *st, const struct model_pin *p)
{
	bool all = is_certain(t, p);

	for (uint64_t off = page_down(st->off); off < st->off + st->len && all; off += MODEL_PAGE)
		all = is_there(access_at(t, p, off));
	return all ? NULL : told_refuse(t, st, "pin", "its pages are not certain");
}

struct err *told_odp_check(struct told *t, const struct step *st, const struct model_pin *p)
{
	struct err *err;

	if (!st->len || st->check_zero)
		return tell_accesses(t, st, p, LOOK);
	err = need_all(t, st, p);
	if (err)
		return err;
	told_use(t, "odp-read");
	told_global(t, "static char *data;");
	told_line(t, "data = odp_read(&pin_%s, %s, %s, %s);", told_id(t, p->name),
		  told_size(t, st->off), told_size(t, st->len), told_size(t, st->len));
	err = told_held(t, st, p, st->off, st->len, false);
	told_line(t, "free(data);");
	return err;
}

struct err *told_odp_write(struct told *t, const struct step *st, const struct model_pin *p)
{
	struct err *err = need_all(t, st, p);
	unsigned int gen;

	if (err)
		return err;
	gen = told_gen(t, st, p->file);
	told_use(t, "odp-write");
	told_line(t, "odp_write(&pin_%s, %s, %s, %s);", told_id(t, p->name), told_size(t, st->off),
		  told_size(t, st->len),
		  told_wrote(t, p->file->origin, gen, p->map->off + p->off + st->off));
	model_map_write(&t->m, p->map, p->off + st->off, st->len, gen);
	return told_check_files(t, st);
}
