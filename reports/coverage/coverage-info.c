/* SPDX-License-Identifier: GPL-2.0-only */
/* Coverage as a tracefile of lcov, which genhtml reads: see geninfo(1). */
#include <stdio.h>
#include <string.h>

#include "reports/coverage/coverage.h"

/* A line of the source that some byte comes from; line 0: the function @name begins at @first. */
struct row {
	char *file, *name;
	unsigned int line, first;
	bool ran;
};

struct rows {
	struct row *v;
	size_t n, room;
};

/* What symbols_find() tells of one byte. */
struct place {
	struct rows *rows;
	const struct coverage_function *f;
	size_t offset, told;
};

static void add_row(struct rows *r, struct row row)
{
	if (r->n == r->room) {
		r->room = r->room ? 2 * r->room : 4096;
		r->v = xrealloc(r->v, r->room, sizeof(*r->v));
	}
	r->v[r->n++] = row;
}

/* The innermost place comes first, and is where the instruction is from. */
static void take_place(void *arg, const struct symbols_place *at)
{
	struct place *p = arg;
	bool ran = coverage_ran(p->f, p->offset);
	struct row *last = p->rows->n ? &p->rows->v[p->rows->n - 1] : NULL;

	if (!p->told++ && at->file && at->line) {
		if (last && last->line == at->line && !strcmp(last->file, at->file))
			last->ran |= ran;
		else
			add_row(p->rows, (struct row){ xstrdup(at->file), NULL, at->line, 0, ran });
	}
	if (!p->offset && !at->inlined && at->file && at->line)
		add_row(p->rows, (struct row){ xstrdup(at->file), xstrdup(p->f->name), 0, at->line,
					       p->f->ran > 0 });
}

/* False: the symbols do not know the function. */
static bool add_function(struct rows *r, struct symbols *symbols, const struct coverage_function *f)
{
	for (size_t i = 0; i < f->size; i++) {
		struct place p = { .rows = r, .f = f, .offset = i };
		const struct symbols_frame frame = { .function = f->name,
						     .module = *f->module ? f->module : NULL,
						     .offset = i,
						     .size = f->room };

		if (symbols_find(symbols, &frame, take_place, &p) != SYMBOLS_FOUND && !i)
			return false;
	}
	return true;
}

static int by_line(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int d = strcmp(x->file, y->file);

	if (!d && x->line != y->line)
		d = x->line < y->line ? -1 : 1;
	return d || !x->name || !y->name ? d : strcmp(x->name, y->name);
}

static void print_rows(struct rows *r)
{
	if (r->n)
		qsort(r->v, r->n, sizeof(*r->v), by_line);
	printf("TN:\n");
	for (size_t i = 0, end; i < r->n; i = end) {
		const struct row *v = &r->v[i];
		bool ran = false;

		if (!i || strcmp(v->file, r->v[i - 1].file) != 0)
			printf("SF:%s\n", v->file);
		for (end = i; end < r->n && !by_line(v, &r->v[end]); end++)
			ran |= r->v[end].ran;
		if (v->line)
			printf("DA:%u,%d\n", v->line, ran);
		else
			printf("FN:%u,%s\nFNDA:%d,%s\n", v->first, v->name, ran, v->name);
		if (end == r->n || strcmp(v->file, r->v[end].file) != 0)
			printf("end_of_record\n");
	}
}

size_t coverage_print_info(const struct coverage *c, struct symbols *symbols)
{
	struct rows rows = { NULL, 0, 0 };
	size_t unknown = 0;

	for (size_t i = 0; i < c->n; i++)
		unknown += !add_function(&rows, symbols, &c->v[i]);
	print_rows(&rows);
	for (size_t i = 0; i < rows.n; i++) {
		free(rows.v[i].file);
		free(rows.v[i].name);
	}
	free(rows.v);
	return unknown;
}
