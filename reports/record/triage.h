/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Many failed cases, few findings: reasons that differ in their numbers alone are one
 * kind, and the names of its cases are folded into one glob. Pure.
 */
#ifndef REPORTS_KINDS_H
#define REPORTS_KINDS_H

#include "base/buf.h"

#define KIND_PARTS_MAX 8  /* of a name, between slashes; the last one has the rest */
#define KIND_VALUES_MAX 4 /* that a part is listed with; more are "*" */

struct kind_part {
	char *values[KIND_VALUES_MAX];
	size_t nr_values;
	bool many;    /* there are more */
	size_t names; /* that have this part */
};

struct kind {
	char *reason; /* each number in it stands as "N" */
	char *first;  /* name of its first case */
	size_t cases;
	size_t order; /* it came in at this place */
	struct kind_part parts[KIND_PARTS_MAX];
};

struct kinds {
	struct kind **v;
	size_t n;
	void *by_reason; /* a tree of the same, as tsearch(3) makes it */
};

#define KINDS_INIT                                                                                 \
	{                                                                                          \
		NULL, 0, NULL                                                                      \
	}

/* Counts the case @name, which failed for @reason. */
void kinds_add(struct kinds *k, const char *name, const char *reason);

/* The largest first; those that are as large in the order they came in. */
void kinds_sort(struct kinds *k);

/*
 * The names of the kind's cases, "{xfs,ext4}/4k/rdma/mapped/punch[/touch]": a part that
 * has many values is a star, one in brackets is not in all names.
 */
void kind_add_where(const struct kind *k, struct buf *out);

void kinds_deinit(struct kinds *k);

#endif
