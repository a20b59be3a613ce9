/* SPDX-License-Identifier: GPL-2.0-only */
/* Combinations: their order and their names. */
#include "base/buf.h"
#include "workloads/matrix/dimensions.h"

size_t matrix_size(void)
{
	size_t n = 1;

	for (int d = 0; d < MATRIX_DIMS; d++)
		n *= matrix_rows((enum matrix_dim)d);
	return n;
}

size_t matrix_place(const struct matrix_point *p)
{
	size_t n = 0;

	for (int d = 0; d < MATRIX_DIMS; d++)
		n = n * matrix_rows((enum matrix_dim)d) + p->row[d];
	return n;
}

/* The first chosen row at or after @from; MATRIX_ROWS_MAX when there is none. */
static unsigned int next_row(const struct matrix_choice *c, int dim, unsigned int from)
{
	while (from < MATRIX_ROWS_MAX && !(c->rows[dim] >> from & 1))
		from++;
	return from;
}

/* Moves @p to the next combination; false after the last one. */
static bool step_on(const struct matrix_choice *c, struct matrix_point *p)
{
	for (int d = MATRIX_DIMS - 1; d >= 0; d--) {
		unsigned int row = next_row(c, d, p->row[d] + 1u);

		if (row < MATRIX_ROWS_MAX) {
			p->row[d] = (uint8_t)row;
			return true;
		}
		p->row[d] = (uint8_t)next_row(c, d, 0);
	}
	return false;
}

void matrix_expand(const struct matrix_choice *c,
		   void (*each)(void *arg, const struct matrix_point *p,
				const struct matrix_reason *reason),
		   void *arg)
{
	struct matrix_point p;

	for (int d = 0; d < MATRIX_DIMS; d++) {
		if (!c->rows[d])
			return;
		p.row[d] = (uint8_t)next_row(c, d, 0);
	}
	do {
		const struct combo combo = combo_of(&p);

		each(arg, &p, combo_left_out(&combo));
	} while (step_on(c, &p));
}

const struct filesystem *matrix_fs(const struct matrix_point *p)
{
	return filesystems[p->row[MATRIX_FS]];
}

char *matrix_name(const struct matrix_point *p)
{
	struct buf b = BUF_INIT;

	for (int d = 0; d < MATRIX_DIMS; d++) {
		if (d >= MATRIX_OVERLAP && !p->row[d])
			continue;
		if (d)
			buf_addc(&b, '/');
		buf_adds(&b, matrix_row_name((enum matrix_dim)d, p->row[d]));
	}
	return buf_take(&b);
}
