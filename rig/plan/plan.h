/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A plan says which cases a run has, in which order. Pure.
 *
 * A plan is a text file; a line is a comment (#) or one of
 *   scenario GLOB ...          library scenarios by name
 *   matrix   [*] [KEY=LIST ...]    combinations (workloads/matrix/matrix.h, 'daxrig list matrix');
 *                              LIST is globs joined by ',', KEY one of fs, geometry, pins,
 *                              when, ops, overlap, end. What is left out is all of fs, pins
 *                              and ops, and of the others geometry=4k, when=mapped,
 *                              overlap=same, end=unpin; or all of everything behind a '*'
 *   batch    N                 a guest serves up to N cases, as long as they pass;
 *                              1 when left out: a fresh one for each
 *   machine  LIST              the guest's shape, as in --geometry, which goes over it
 * A case that two lines name is in it once, where the first one has it.
 */
#ifndef RIG_PLAN_H
#define RIG_PLAN_H

#include "base/buf.h"
#include "base/err.h"
#include "workloads/matrix/matrix.h"

/* A scenario file: what the library folder holds, or what the user named. */
struct plan_source {
	char *name; /* "punch-waits": the file's name without .scn */
	char *path;
	char *text;
	size_t len;
};

struct plan_case {
	char *name; /* "xfs/4k/vmsplice/mapped/punch", "ext4/punch-waits/rdma" */
	const struct filesystem *fs;
	char *text;		   /* the scenario, expanded; NULL before plan_write_texts() */
	struct matrix_point point; /* what a text that is not there is made of */
};

/* A combination that makes no case. */
struct plan_left_out {
	struct matrix_point point; /* its name is matrix_name() */
	const struct matrix_reason *reason;
};

struct plan {
	struct plan_case *cases;
	size_t nr_cases;
	struct plan_left_out *left_out;
	size_t nr_left_out;
	unsigned int batch; /* 0: 1 */
	char *geometry;	    /* NULL: none; it parses */

	/* the plan's own */
	size_t cap_cases, cap_left_out;
	uint32_t *index; /* by the hash of a name: place in cases + 1; 0: free */
	size_t index_size, indexed;
	uint8_t *seen; /* a bit for each combination that is in left_out */
};

/*
 * Adds the cases of the plan file @text to @plan, from the library @lib. A bad
 * line, or a glob that matches nothing, is ERR_USAGE with file, line and column.
 */
struct err *plan_parse(struct plan *plan, const char *origin, const char *text, size_t len,
		       const struct plan_source *lib, size_t nr_lib) __must_check;

/* Adds every case that @source makes: variants times filesystems. */
struct err *plan_add_scenario(struct plan *plan, const struct plan_source *source) __must_check;

/* Moves the cases of @from behind those of @to, be they there already or not. */
void plan_move(struct plan *to, struct plan *from);

/* Keeps the cases whose name matches the glob. */
void plan_match(struct plan *plan, const char *glob);

/* One of @of parts of a plan, from 1. */
struct plan_shard {
	unsigned int number, of;
};

/* Reads "2/5". ERR_USAGE. */
struct err *plan_shard_parse(const char *text, struct plan_shard *out) __must_check;

/*
 * Keeps the cases of one part: every one is in exactly one of them, and they are as large
 * as each other, or differ by one. Neighbours are in different ones.
 */
void plan_take_shard(struct plan *plan, struct plan_shard shard);

/* Another order, the same for the same cases and @seed. */
void plan_shuffle(struct plan *plan, uint64_t seed);

/* Every case @n times, 1..: round after round, the names ending in "#1", "#2", ... */
void plan_repeat(struct plan *plan, unsigned int n);

/* Fills in every text. */
void plan_write_texts(struct plan *plan);

void plan_deinit(struct plan *plan);

#endif
