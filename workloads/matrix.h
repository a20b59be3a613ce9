/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pins times operations as scenarios: what a plan's `matrix` lines stand for. The
 * text is plain scenario language, to be read, changed and handed on. Pure.
 */
#ifndef WORKLOADS_MATRIX_H
#define WORKLOADS_MATRIX_H

#include "workloads/pin-info.h"
#include "workloads/scenario.h"

/* A mutator with arguments that meet the pinned range of the matrix scenario. */
struct matrix_op {
	const char *name;	/* "truncate-down" */
	const char *call;	/* "truncate a 1M" */
	enum mutator_wait wait;	/* with the pin on file a, 2M to 2M + 64K */
	const char *other;	/* "written" or "copy a": a second file b, or NULL */
	bool other_first;	/* b is made before a, so that a has the higher inode number */
	bool keeps_pages;	/* file a keeps the pinned pages: they stay visible */
	bool compares;		/* refuses with EBADE once a device wrote into the range */
};

/* Ends with a NULL name. */
extern const struct matrix_op matrix_ops[];

/*
 * The scenario for @pin under @op on @fs, to be freed; NULL with the reason in
 * *@why (static) when the combination makes none.
 */
char *matrix_scenario(const struct pin_info *pin, const struct matrix_op *op,
		      enum scenario_fs fs, const char **why);

#endif
