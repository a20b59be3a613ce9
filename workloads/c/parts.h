/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The helpers that programs of `daxrig show --c` are put together from, as C text: the files of
 * workloads/c/parts. Each names the parts that it uses by #include "NAME.c". Pure.
 */
#ifndef WORKLOADS_C_PARTS_H
#define WORKLOADS_C_PARTS_H

struct c_part {
	const char *name; /* "check-file" */
	const char *text;
};

/* Ends with a NULL name. */
extern const struct c_part c_parts[];

/* Files of workloads/c/kselftest, by their whole name: report.h and set-up.h take the place of parts. */
extern const struct c_part kselftest_parts[];

/* NULL when no part has that name. */
const struct c_part *c_part_find(const char *name);

#endif
