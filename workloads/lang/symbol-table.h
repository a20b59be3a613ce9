/* SPDX-License-Identifier: GPL-2.0-only */
/* The names of a scenario while it is parsed: what each stands for, and in which block. */
#ifndef WORKLOADS_NAMES_H
#define WORKLOADS_NAMES_H

#include "workloads/lang/scenario.h"
#include "workloads/lang/lexer.h"

#define NAMES_MAX 64

struct name {
	char name[32];
	enum thing thing;
	bool gone;	/* unmapped, unpinned or unlinked; the name cannot be reused */
	bool unmounted; /* gone until the next remount */
	bool process;	/* operations, pins: in a process of its own */
	bool shared;	/* maps */
	bool stays;	/* pins: the holder cannot be killed while it holds the pin */
	bool on_demand; /* pins of the program itself that see pages and hold none */
	bool lived;	/* it existed when the block began */
	uint64_t len;	/* maps, pins */
	char file[32];	/* maps, pins of a process: the mapped file */
};

struct names {
	struct name v[NAMES_MAX];
	unsigned int n;
	bool in_block;
	unsigned int outer; /* the first so many of v were defined before the block */
};

/* NULL when @name was never defined. */
struct name *names_find(struct names *names, const char *name);

/* Takes a word of @l as a new name. */
struct err *names_define(struct names *names, struct line *l, enum thing thing, struct name **out)
	__must_check;

/* Takes a word of @l that names a living @thing (THING_NONE: any). */
struct err *names_refer(struct names *names, struct line *l, enum thing thing, struct name **out)
	__must_check;

/*
 * Marks @n as gone. An error when @n was defined before the open block, as the next round
 * of the block would lack it.
 */
struct err *names_drop(struct names *names, const struct line *l, struct name *n) __must_check;

/* Begins a block; none may be open. */
void names_begin(struct names *names);

/*
 * Ends the block and forgets the names it defined. An error when one of them still exists,
 * as the next round could not define it again, or when one from before the block is gone.
 */
struct err *names_end(struct names *names, const struct line *l) __must_check;

#endif
