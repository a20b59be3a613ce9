/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A plan says which cases a run has, in which order. Pure.
 *
 * A plan is a text file; a line is a comment (#) or one of
 *   scenario GLOB ...          library scenarios by name
 *   case     GLOB              cases of the library and the matrix by name
 *   matrix   [*] [KEY=LIST ...]    combinations (workloads/matrix/matrix.h, 'daxrig list matrix');
 *                              LIST is globs joined by ',', KEY one of fs, geometry, pins,
 *                              when, ops, overlap, end. An omitted key means all of fs, pins
 *                              and ops, but geometry=4k, when=mapped, overlap=same and
 *                              end=unpin; after a '*' it means all of every key
 *   program  NAME [KEY=VALUE ...] = FILE [WORD ...]
 *                              a program of yours (plan/program.h); KEY is fs, mount, user,
 *                              time or with, as the options of 'daxrig exec', or kselftest
 *   batch    N                 a guest runs up to N cases, as long as they pass;
 *                              default 1: a new guest for each case
 *   machine  LIST              the guest's shape, as in --geometry, which overrides it
 * A case that two lines name occurs once, at the place of the first.
 */
#ifndef RIG_PLAN_H
#define RIG_PLAN_H

#include "base/buf.h"
#include "base/err.h"
#include "plan/program.h"
#include "workloads/matrix/matrix.h"

/* A scenario file: what the library folder holds, or what the user named. */
struct plan_source {
	char *name; /* "punch-waits": the file's name without .scn */
	char *path;
	char *text;
	size_t len;
	char *bad; /* why the file cannot be read; NULL: it can */
};

struct plan_case {
	char *name;		     /* "xfs/4k/vmsplice/mapped/punch", "ext4/punch-waits/rdma" */
	const struct filesystem *fs; /* NULL with bad */
	char *bad;		     /* why it cannot run: its scenario cannot be read; else NULL */
	char *text;		     /* the scenario, expanded; NULL before plan_write_texts() */
	struct program *program;     /* what it runs, owned; NULL: nothing */
	struct matrix_point point;   /* plan_write_texts() makes a missing text from it */
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
	unsigned int batch; /* 0 means 1 */
	char *geometry;	    /* valid; NULL: none */
	char **notes;	    /* which scenarios were left out because they cannot be read */
	size_t nr_notes;

	/* private to plan.c */
	size_t cap_cases, cap_left_out;
	uint32_t *index; /* hash table by name: place in cases + 1; 0: free */
	size_t index_size, indexed;
	uint8_t *seen; /* a bit for each combination; set: it is in left_out */
};

/*
 * Adds the cases of the plan file @text to @plan, with scenarios from the library @lib. A
 * bad line, or a glob that matches nothing, is ERR_USAGE with file, line and column. Of a
 * scenario that cannot be read a glob makes a note, and its name a case with the reason.
 */
struct err *plan_parse(struct plan *plan, const char *origin, const char *text, size_t len,
		       const struct plan_source *lib, size_t nr_lib) __must_check;

/* Adds every case of @source: each variant on each of its filesystems. */
struct err *plan_add_scenario(struct plan *plan, const struct plan_source *source) __must_check;

/* Adds a case of @program for each of its filesystems; @program stays the caller's. */
void plan_add_program(struct plan *plan, struct program *program);

/* Makes what the cases' programs need: program_make(). */
struct err *plan_make_programs(struct plan *plan) __must_check;

/* Appends the cases of @from to @to, duplicates too, and its notes; leaves @from without them. */
void plan_move(struct plan *to, struct plan *from);

/* Keeps only the cases whose name matches @glob. */
void plan_match(struct plan *plan, const char *glob);

/* Part @number, from 1, of @of parts of a plan. */
struct plan_shard {
	unsigned int number, of;
};

/* Parses a shard such as "2/5"; else ERR_USAGE. */
struct err *plan_shard_parse(const char *text, struct plan_shard *out) __must_check;

/*
 * Keeps only the cases of one part. Each case is in exactly one part, the sizes of parts
 * differ by at most one, and neighbouring cases are in different parts.
 */
void plan_take_shard(struct plan *plan, struct plan_shard shard);

/* Moves the cases with one of @names to the front; otherwise the order stays. */
void plan_put_first(struct plan *plan, const char *const *names, size_t n);

/* Reorders the cases; the order depends only on the cases and @seed. */
void plan_shuffle(struct plan *plan, uint64_t seed);

#define PLAN_REPEAT "~" /* between a case's name and its number; no scenario has it in its name */

/* Repeats all cases @n (from 1) times, round by round; names get "~1", "~2", ... */
void plan_repeat(struct plan *plan, unsigned int n);

/* Fills in the text of every case. */
void plan_write_texts(struct plan *plan);

void plan_deinit(struct plan *plan);

#endif
