/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A plan says which cases a run has, in which order. Pure.
 *
 * A plan is a text file; a line is a comment (#) or one of
 *   scenario GLOB ...                 library scenarios by name
 *   matrix   PINS OPERATIONS          globs, joined by ',', over both filesystems
 *   batch    N                        a guest serves up to N cases, as long as they pass;
 *                                     1 when left out: a fresh one for each
 */
#ifndef RIG_PLAN_H
#define RIG_PLAN_H

#include "base/buf.h"
#include "base/err.h"

/* A scenario file: what the library folder holds, or what the user named. */
struct plan_source {
	char *name;	/* "punch-waits": the file's name without .scn */
	char *path;
	char *text;
	size_t len;
};

struct plan_case {
	char *name;	/* "xfs/vmsplice/mapped/punch", "ext4/punch-waits/rdma" */
	char *fs;	/* "xfs" or "ext4" */
	char *text;	/* the scenario, expanded */
};

struct plan_left_out {
	char *name;
	const char *why;	/* static */
};

struct plan {
	struct plan_case *cases;
	size_t nr_cases;
	struct plan_left_out *left_out;	/* combinations that make no case */
	size_t nr_left_out;
	unsigned int batch;	/* 0: 1 */
};

/*
 * Adds the cases of the plan file @text to @plan, from the library @lib. A bad
 * line, or a glob that matches nothing, is ERR_USAGE with file, line and column.
 */
struct err *plan_parse(struct plan *plan, const char *origin, const char *text, size_t len,
		       const struct plan_source *lib, size_t nr_lib) __must_check;

/* Adds every case that @source makes: variants times filesystems. */
struct err *plan_add_scenario(struct plan *plan, const struct plan_source *source)
	__must_check;

/* Keeps the cases whose name matches the glob. */
void plan_match(struct plan *plan, const char *glob);

void plan_deinit(struct plan *plan);

#endif
