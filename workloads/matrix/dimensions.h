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
	uint64_t cut; /* the offset to truncate to or to shift from; 0: none */
};

enum geometry_trait {
	GEOMETRY_PMD = 1 << 0,	     /* the pinned file is mapped by 2 MiB entries */
	GEOMETRY_ZERO = 1 << 1,	     /* a read fault maps the zero page */
	GEOMETRY_ALLOCATED = 1 << 2, /* with GEOMETRY_ZERO: the extent has (unwritten) blocks */
	GEOMETRY_TAIL = 1 << 3,	     /* the pin holds the last page, a partial one */
	GEOMETRY_SELF = 1 << 4,	     /* the extent is shared within the file */
	GEOMETRY_ALONE = 1 << 5,     /* the other files are not mapped any more */
	GEOMETRY_RESERVED = 1 << 6,  /* a copy on write beside it has reserved blocks for it */
};

/*
 * The extents and entries of the pinned pages. The pinned file is a; c and d are the files
 * that share its extents.
 */
struct matrix_geometry {
	const char *name;
	const char *summary;
	const char *words;    /* follows "while a vmsplice pin stands" in the title */
	uint64_t size;	      /* bytes of a */
	uint64_t grown;	      /* bytes of a after truncate-up */
	const char *kind;     /* "written" */
	unsigned int traits;  /* enum geometry_trait */
	unsigned int sharers; /* files that share with a */
	uint64_t pin_off, pin_len;
	struct matrix_range same, touch, elsewhere;
	struct matrix_range twin; /* GEOMETRY_SELF: where the file has the extent again;
					   GEOMETRY_RESERVED: the range that is copied */
};

struct matrix_when {
	const char *name;
	const char *summary;
	const char *words;
	bool process;  /* another process holds the pin and an inherited mapping */
	bool unmapped; /* the program unmaps the file before the operation */
	bool remapped; /* and maps it again while the operation waits */
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
	const char *signal; /* sent to the operation; NULL: none */
	const char *holder; /* the word after the name in `unpin`; NULL: a plain release */
	bool process;	    /* the operation is a process of its own */
};

/* A combination: the row of each dimension. */
struct combo {
	const struct filesystem *fs;
	const struct matrix_geometry *geometry;
	const struct pin_info *pin;
	const struct matrix_when *when;
	const struct operation *operation;
	const struct op_case *op; /* of the operation */
	const struct matrix_overlap *overlap;
	const struct matrix_end *end;
};

struct combo combo_of(const struct matrix_point *p);

/* Whether the pin holds a page of the file, for which an operation may wait. */
bool combo_holds(const struct combo *c);
/* Whether the operation changes a pinned page. */
bool combo_meets(const struct combo *c);
/* Whether the operation is on a file that shares the extent, not on the pinned one. */
bool combo_on_sharer(const struct combo *c);

/* exclusions.c: the first reason to leave it out; NULL: it is a case. */
const struct matrix_reason *combo_left_out(const struct combo *c);

#endif
