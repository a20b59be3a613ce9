/* SPDX-License-Identifier: GPL-2.0-only */
/* The rows of the matrix's dimensions. The first row of each table is the plain one. */
#ifndef WORKLOADS_MATRIX_DIMS_H
#define WORKLOADS_MATRIX_DIMS_H

#include "workloads/ops/operation.h"
#include "workloads/matrix/matrix.h"
#include "workloads/lang/pin-info.h"
#include "workloads/lang/scenario.h"

/* Where an operation is aimed, in bytes of the file. */
struct matrix_range {
	uint64_t off, len;
	uint64_t cut; /* truncate to it, shift from it; 0: there is no such place */
};

enum geometry_trait {
	GEOMETRY_PMD = 1 << 0,	     /* the pinned file is mapped by 2 MiB entries */
	GEOMETRY_ZERO = 1 << 1,	     /* who only reads it gets the zero page */
	GEOMETRY_ALLOCATED = 1 << 2, /* and that although it has blocks */
	GEOMETRY_TAIL = 1 << 3,	     /* the pin holds the last page, a partial one */
	GEOMETRY_SELF = 1 << 4,	     /* the extent is shared within the file */
	GEOMETRY_ALONE = 1 << 5,     /* nobody maps the other files any more */
	GEOMETRY_RESERVED = 1 << 6,  /* beneath what a copy on write beside it reserved */
};

/* Beneath the pin. The pinned file is a, those that share its extents are c and d. */
struct matrix_geometry {
	const char *name;
	const char *summary;
	const char *words;    /* behind "while a vmsplice pin stands" */
	uint64_t size;	      /* bytes of a */
	uint64_t grown;	      /* what truncate-up makes of it */
	const char *kind;     /* "written" */
	unsigned int traits;  /* enum geometry_trait */
	unsigned int sharers; /* files that share with a */
	uint64_t pin_off, pin_len;
	struct matrix_range same, touch, elsewhere;
	struct matrix_range twin; /* GEOMETRY_SELF: where the file has the extent again;
					   GEOMETRY_RESERVED: what is copied */
};

struct matrix_when {
	const char *name;
	const char *summary;
	const char *words;
	bool process;  /* another process holds the pin, with the mapping it inherits */
	bool unmapped; /* the program's mapping goes before the operation */
	bool remapped; /* and a new one comes while it waits */
};

enum overlap_kind {
	OVERLAP_SAME,
	OVERLAP_TOUCH,
	OVERLAP_ELSEWHERE,
	OVERLAP_SHARER,
	OVERLAP_HIGHER,
};

struct matrix_overlap {
	const char *name;
	const char *summary;
	const char *words;
	enum overlap_kind kind;
};

struct matrix_end {
	const char *name;
	const char *summary;
	const char *words;
	const char *signal; /* to the waiter; NULL: none */
	const char *holder; /* word behind `unpin`; NULL: it just lets go */
	bool process;	    /* the waiter is a process of its own */
};

/* A combination, looked up. */
struct combo {
	const struct filesystem *fs;
	const struct matrix_geometry *geometry;
	const struct pin_info *pin;
	const struct matrix_when *when;
	const struct operation *operation;
	const struct op_case *op; /* the operation's */
	const struct matrix_overlap *overlap;
	const struct matrix_end *end;
};

struct combo combo_of(const struct matrix_point *p);

/* The pin stands on the zero page, which is no page of the file. */
bool combo_on_zero_page(const struct combo *c);
/* A page of the file is held: something may wait for it. */
bool combo_holds(const struct combo *c);
/* The operation meets a pinned page. */
bool combo_meets(const struct combo *c);
/* Its target is a file that shares the extent, not the pinned one. */
bool combo_on_sharer(const struct combo *c);
bool combo_shared(const struct combo *c);

/* rules.c: the first rule that leaves it out; NULL: it is a case. */
const struct matrix_reason *combo_left_out(const struct combo *c);

#endif
