/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The matrix: filesystem x geometry x pin x when x operation x overlap x ending. A
 * combination is a case with a name and a text in the scenario language, or it is left
 * out with a reason. dimensions.c has the rows, exclusions.c the reasons. Pure.
 *
 * The name of a case is FS/GEOMETRY/PIN/WHEN/OPERATION[/OVERLAP][/ENDING]. A default of
 * the last two (same, unpin) is omitted; no overlap has the name of an ending.
 */
#ifndef WORKLOADS_MATRIX_H
#define WORKLOADS_MATRIX_H

#include "wire/filesystem/filesystem.h"

/* In the order of the name; the last one changes fastest. */
enum matrix_dim {
	MATRIX_FS,
	MATRIX_GEOMETRY,
	MATRIX_PIN,
	MATRIX_WHEN,
	MATRIX_OP,
	MATRIX_OVERLAP,
	MATRIX_END,
	MATRIX_DIMS,
};

#define MATRIX_ROWS_MAX 64u /* of a dimension */

/* The word for it in a plan ("pins"), and a summary. Static. */
const char *matrix_dim_key(enum matrix_dim dim);
const char *matrix_dim_summary(enum matrix_dim dim);

/* The rows of a dimension, by number from 0. Static. */
unsigned int matrix_rows(enum matrix_dim dim);
const char *matrix_row_name(enum matrix_dim dim, unsigned int row);
const char *matrix_row_summary(enum matrix_dim dim, unsigned int row);

/* The rows that a plan chooses: bit N stands for row N. */
struct matrix_choice {
	uint64_t rows[MATRIX_DIMS];
};

/*
 * _init() chooses the rows of a plan that names none: all filesystems, pins and
 * operations, and the plain row of the others: 4k, mapped, same, unpin. _all() chooses all.
 */
void matrix_choice_init(struct matrix_choice *c);
void matrix_choice_all(struct matrix_choice *c);

/*
 * Chooses the rows of @dim that @list names: globs, joined by ','. Returns NULL, or the
 * first glob that matches no row (free() it); @c is then undefined.
 */
char *matrix_choose(struct matrix_choice *c, enum matrix_dim dim, const char *list) __must_check;

/* A combination: the number of a row in each dimension. */
struct matrix_point {
	uint8_t row[MATRIX_DIMS];
};

/* The number of combinations, and the place of one among them, from 0. */
size_t matrix_size(void);
size_t matrix_place(const struct matrix_point *p);

/* Why a combination is no case. Static. */
struct matrix_reason {
	const char *why; /* a fact of the kernel or the rig */
	bool equivalent; /* another case tests the same; false: it is impossible */
};

/*
 * Calls @each for every combination of @c, in the order of their places; @reason is NULL
 * for a case.
 */
void matrix_expand(const struct matrix_choice *c,
		   void (*each)(void *arg, const struct matrix_point *p,
				const struct matrix_reason *reason),
		   void *arg);

/* Reason @n, in the order in which they are tried; NULL after the last. */
const struct matrix_reason *matrix_reason(size_t n);

const struct filesystem *matrix_fs(const struct matrix_point *p);

/* The name of a combination, also of one that is left out; the scenario of a case. free(). */
char *matrix_name(const struct matrix_point *p);
char *matrix_text(const struct matrix_point *p);

#endif
