/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The scenario of a combination. In all of them a is the pinned file with mapping m, b
 * the second file of the operation, c and d share the extents of a (mappings n and o), q is
 * a mapping for the operation, r a mapping made while it waits; p is the pin, t the
 * operation and f the fault through r.
 *
 * It states the steps; the model derives what must happen (model/derive.h). It has no
 * `wait`, as the model adds no expectation of a result where the scenario waits itself.
 */
#include <stdio.h>
#include <string.h>

#include "base/arch.h"
#include "base/buf.h"
#include "workloads/matrix/dimensions.h"

struct text {
	const struct combo *c;
	const char *target; /* the file of the operation */
	struct matrix_range at;
	struct buf b;
};

static const struct {
	char file, map;
} sharers[] = { { 'c', 'n' }, { 'd', 'o' } };

static void add_size(struct buf *b, uint64_t size)
{
	char s[24];

	buf_adds(b, format_size(size, s));
}

/* " 2M 64K" */
static void add_range(struct buf *b, uint64_t off, uint64_t len)
{
	buf_addc(b, ' ');
	add_size(b, off);
	buf_addc(b, ' ');
	add_size(b, len);
}

static struct matrix_range aim(const struct combo *c)
{
	const struct matrix_geometry *g = c->geometry;
	struct matrix_range at = c->overlap->kind == OVERLAP_TOUCH		   ? g->touch :
				 c->overlap->kind == OVERLAP_ELSEWHERE		   ? g->elsewhere :
				 c->overlap->kind == OVERLAP_SHARER && !g->sharers ? g->twin :
										     g->same;

	/* a range may end with part of a block at the end of the file, but a shift may not */
	if (c->op->reach == REACH_UP)
		at.len = (at.len + PAGE - 1) / PAGE * PAGE;
	return at;
}

static void add_call(struct text *t)
{
	struct buf *b = &t->b;

	for (const char *s = t->c->op->call; *s; s++) {
		if (*s != '$') {
			buf_addc(b, *s);
			continue;
		}
		switch (*++s) {
		case 'f':
			buf_adds(b, t->target);
			break;
		case 'o':
			add_size(b, t->at.off);
			break;
		case 'r':
			add_size(b, t->at.off);
			buf_addc(b, ' ');
			add_size(b, t->at.len);
			break;
		case 'c':
			add_size(b, t->at.cut);
			break;
		default:
			add_size(b, t->c->geometry->grown);
		}
	}
	buf_addc(b, '\n');
}

static void add_head(struct text *t)
{
	const struct combo *c = t->c;

	buf_addf(&t->b, "# %s%s while a%s %s pin stands%s%s%s\n", c->op->name, c->overlap->words,
		 strchr("aeiou", *c->pin->name) ? "n" : "", c->pin->name, c->geometry->words,
		 c->when->words, c->end->words);
	buf_addf(&t->b, "fs      %s\n", c->fs->name);
}

static void add_file(struct text *t, char name, const char *kind)
{
	buf_addf(&t->b, "file    %c ", name);
	add_size(&t->b, t->c->geometry->size);
	buf_addf(&t->b, " %s\n", kind);
}

static void add_files(struct text *t)
{
	const struct matrix_geometry *g = t->c->geometry;
	bool other_first = t->c->overlap->kind == OVERLAP_HIGHER;

	if (t->c->op->other && other_first)
		add_file(t, 'b', t->c->op->other);
	if (g->traits & GEOMETRY_PMD) {
		/* a preallocated extent is aligned to 2 MiB, a written one need not be */
		add_file(t, 'a', "fallocated");
		buf_adds(&t->b, "write   a 0 ");
		add_size(&t->b, g->size);
		buf_addc(&t->b, '\n');
	} else {
		add_file(t, 'a', g->kind);
	}
	if (g->traits & GEOMETRY_SELF) {
		buf_adds(&t->b, "clone-range a");
		add_range(&t->b, g->pin_off, g->pin_len);
		buf_adds(&t->b, " a ");
		add_size(&t->b, g->twin.off);
		buf_addc(&t->b, '\n');
	}
	if (g->traits & GEOMETRY_RESERVED) {
		buf_adds(&t->b, "file    e 4K written\nclone-range a");
		add_range(&t->b, g->twin.off, g->twin.len);
		buf_adds(&t->b, " e 0\n");
	}
	for (unsigned int i = 0; i < g->sharers; i++)
		add_file(t, sharers[i].file, "clone a");
	if (t->c->op->other && !other_first)
		add_file(t, 'b', t->c->op->other);
}

/* Maps all of the file, in whole pages. */
static void add_map(struct text *t, char name, const char *file, const char *access)
{
	bool pmd = (t->c->geometry->traits & GEOMETRY_PMD) && *file == 'a';

	buf_addf(&t->b, "map     %c %s 0 ", name, file);
	add_size(&t->b, (t->c->geometry->size + PAGE - 1) / PAGE * PAGE);
	buf_addf(&t->b, " shared %s%s\n", access, pmd ? " pmd" : "");
}

static void add_touch(struct text *t, char map, uint64_t off, uint64_t len, const char *how)
{
	buf_addf(&t->b, "touch   %c+", map);
	add_size(&t->b, off);
	buf_addc(&t->b, ' ');
	add_size(&t->b, len);
	buf_addf(&t->b, " %s\n", how);
}

/* Whether sharer @i is already unmapped: a last close comes after the unmap. */
static bool sharer_unmapped(const struct text *t, unsigned int i)
{
	if (t->c->geometry->traits & GEOMETRY_ALONE)
		return true;
	return (t->c->operation->traits & OP_LAST_CLOSE) &&
	       (t->c->op->reach == REACH_FILESYSTEM || *t->target == sharers[i].file);
}

static void add_maps(struct text *t)
{
	const struct matrix_geometry *g = t->c->geometry;

	add_map(t, 'm', "a", "rw");
	if (g->traits & GEOMETRY_PMD)
		add_touch(t, 'm', 2 << 20, 2 << 20, "read");
	if (g->traits & GEOMETRY_SELF)
		add_touch(t, 'm', g->twin.off, g->twin.len, "read");
	for (unsigned int i = 0; i < g->sharers; i++) {
		char file[] = { sharers[i].file, '\0' };

		add_map(t, sharers[i].map, file, "r");
		add_touch(t, sharers[i].map, g->pin_off, g->pin_len, "read");
		if (sharer_unmapped(t, i))
			buf_addf(&t->b, "unmap   %c\n", sharers[i].map);
	}
}

static void add_pin(struct text *t)
{
	const struct combo *c = t->c;

	buf_addf(&t->b, "pin     p %s m+", c->pin->name);
	add_size(&t->b, c->geometry->pin_off);
	buf_addc(&t->b, ' ');
	add_size(&t->b, c->geometry->pin_len);
	buf_adds(&t->b, c->when->process ? " process\n" : "\n");
	if (c->geometry->traits & GEOMETRY_RESERVED) {
		buf_adds(&t->b, "write   a");
		add_range(&t->b, c->geometry->twin.off, c->geometry->twin.len);
		buf_addc(&t->b, '\n');
	}
	if (c->when->unmapped)
		buf_adds(&t->b, "unmap   m\n");
}

static void add_operation(struct text *t)
{
	const struct combo *c = t->c;

	if (c->op->traits & CASE_MAPS)
		add_map(t, 'q', t->target, "rw");
	if (c->op->traits & CASE_INLINE)
		add_touch(t, 'q', t->at.off, t->at.len, "write");
	else
		buf_addf(&t->b, "start   t %s", c->end->process ? "process " : "");
	add_call(t);
	if (!c->when->remapped)
		return;
	add_map(t, 'r', "a", "rw");
	buf_adds(&t->b, "start   f load r");
	add_range(&t->b, c->geometry->pin_off, c->geometry->pin_len);
	buf_addc(&t->b, '\n');
}

/*
 * The plain cases state what the contract demands, as a person would write them; the model
 * derives the same for them, and for all other cases.
 */
static bool is_spelled(const struct combo *c)
{
	bool last_close = c->operation->traits & OP_LAST_CLOSE;

	return !c->geometry->traits && !c->geometry->sharers && combo_meets(c) &&
	       c->overlap->kind != OVERLAP_TOUCH && !c->end->signal && !c->end->holder &&
	       !c->when->process && !c->when->remapped && c->when->unmapped == last_close &&
	       !(c->op->traits & CASE_INLINE);
}

static void add_expected_now(struct text *t)
{
	bool holds = combo_holds(t->c);

	if (!holds || t->c->op->wait == WAIT_NEVER)
		buf_adds(&t->b, "expect  t completes\n");
	else if (t->c->op->wait == WAIT_MUST)
		buf_adds(&t->b, "expect  t blocks\n");
	else
		buf_adds(&t->b, "settle  t\n");
}

static void add_expected_then(struct text *t)
{
	const struct combo *c = t->c;

	if ((c->operation->traits & OP_COMPARES) && (c->pin->traits & PIN_DMA_WRITES))
		buf_adds(&t->b, "expect  t fails EBADE\n");
	else if (combo_holds(c) && c->op->wait != WAIT_NEVER)
		buf_adds(&t->b, "expect  t completes\n");
}

/* A pin that holds no pages sees them only while the file has them and they are mapped. */
static bool sees_pages(const struct combo *c)
{
	if (!(c->pin->traits & PIN_LOOKS))
		return false;
	if (c->pin->traits & PIN_HOLDS)
		return true;
	return ((c->op->traits & CASE_KEEPS) || !combo_meets(c)) &&
	       (!c->when->unmapped || c->when->process);
}

static void add_ending(struct text *t)
{
	const struct combo *c = t->c;
	bool spelled = is_spelled(c);

	if (spelled)
		add_expected_now(t);
	if (c->end->signal)
		buf_addf(&t->b, "signal  t %s\n", c->end->signal);
	if (sees_pages(c))
		buf_adds(&t->b, "check   p\n");
	buf_addf(&t->b, "unpin   p%s%s\n", c->end->holder ? " " : "",
		 c->end->holder ? c->end->holder : "");
	if (spelled)
		add_expected_then(t);
}

/* Adds a step @word (check, unmap) for each mapping that is left. */
static void add_for_maps(struct text *t, const char *word)
{
	const struct combo *c = t->c;

	if (!c->when->unmapped)
		buf_addf(&t->b, "%-7s m\n", word);
	for (unsigned int i = 0; i < c->geometry->sharers; i++)
		if (!sharer_unmapped(t, i))
			buf_addf(&t->b, "%-7s %c\n", word, sharers[i].map);
	if (c->op->traits & CASE_MAPS)
		buf_addf(&t->b, "%-7s q\n", word);
	if (c->when->remapped)
		buf_addf(&t->b, "%-7s r\n", word);
}

static void add_checks(struct text *t)
{
	const struct combo *c = t->c;
	bool last_close = c->operation->traits & OP_LAST_CLOSE;
	bool back = c->op->reach == REACH_FILESYSTEM;

	if (back)
		buf_adds(&t->b, "remount\n");
	if (!last_close || back || *t->target != 'a')
		buf_adds(&t->b, "check   a\n");
	if (c->op->other)
		buf_adds(&t->b, "check   b\n");
	for (unsigned int i = 0; i < c->geometry->sharers; i++)
		if (!last_close || back || *t->target != sharers[i].file)
			buf_addf(&t->b, "check   %c\n", sharers[i].file);
	add_for_maps(t, "check");
	if (last_close) {
		add_for_maps(t, "unmap");
		buf_adds(&t->b, "fsck\n");
	}
}

char *matrix_text(const struct matrix_point *p)
{
	struct combo c = combo_of(p);
	struct text t = {
		.c = &c,
		.target = combo_on_sharer(&c) ? "c" : "a",
		.at = aim(&c),
		.b = BUF_INIT,
	};

	add_head(&t);
	add_files(&t);
	add_maps(&t);
	add_pin(&t);
	add_operation(&t);
	add_ending(&t);
	add_checks(&t);
	return buf_take(&t.b);
}
