/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Groups failed cases: those whose reasons differ only in numbers are one kind, and one
 * glob shows the names of its cases. Pure.
 */
#ifndef REPORTS_KINDS_H
#define REPORTS_KINDS_H

#include "base/buf.h"

#define KIND_PARTS_MAX 8  /* parts of a name, between slashes; the last has the rest */
#define KIND_VALUES_MAX 4 /* values of a part that are listed; more are shown as "*" */

struct kind_part {
	char *values[KIND_VALUES_MAX];
	size_t nr_values;
	bool many;    /* more than KIND_VALUES_MAX */
	size_t names; /* number of names that have this part */
};

struct kind {
	char *reason; /* with "N" for each number */
	char *first;  /* name of its first case */
	size_t cases;
	size_t order; /* in which the kinds were added */
	struct kind_part parts[KIND_PARTS_MAX];
};

struct kinds {
	struct kind **v;
	size_t n;
	void *by_reason; /* a tsearch(3) tree of the same kinds */
};

#define KINDS_INIT                                                                                 \
	{                                                                                          \
		NULL, 0, NULL                                                                      \
	}

/* Adds the case @name, which failed for @reason. */
void kinds_add(struct kinds *k, const char *name, const char *reason);

/* Sorts by number of cases, the largest first; equal ones in the order they were added. */
void kinds_sort(struct kinds *k);

/*
 * Appends the names of the kind's cases, "{xfs,ext4}/4k/rdma/mapped/punch[/touch]": a part
 * with many values is a star, and a part in brackets is not in all names.
 */
void kind_add_where(const struct kind *k, struct buf *out);

void kinds_deinit(struct kinds *k);

#endif
