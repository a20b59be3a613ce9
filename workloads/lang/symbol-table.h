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
	bool gone;	/* unmapped, unpinned, unlinked: the name stays taken */
	bool unmounted; /* gone until the next remount */
	bool process;	/* operations, pins: in a process of its own */
	bool shared;	/* maps */
	bool stays;	/* pins: nothing but letting go ends their holder */
	bool on_demand; /* pins: the program's own, that sees pages and holds none */
	bool lived;	/* it did when the block began */
	uint64_t len;	/* maps, pins */
	char file[32];	/* maps, pins of a process: the file beneath */
};

struct names {
	struct name v[NAMES_MAX];
	unsigned int n;
	bool in_block;
	unsigned int outer; /* of v: those that stood when the block began */
};

/* NULL when there is none. */
struct name *names_find(struct names *names, const char *name);

/* Takes a word of @l as a new name. */
struct err *names_define(struct names *names, struct line *l, enum thing thing, struct name **out)
	__must_check;

/* Takes a word of @l that names a living @thing (THING_NONE: any). */
struct err *names_refer(struct names *names, struct line *l, enum thing thing, struct name **out)
	__must_check;

/* @n is gone from here on; an error when the next round of a block would miss it. */
struct err *names_drop(struct names *names, const struct line *l, struct name *n) __must_check;

/* A block begins; there must be none open. */
void names_begin(struct names *names);

/*
 * The block ends: what it defined is gone and forgotten, so that the next round can
 * define it anew, and what stood before it still stands.
 */
struct err *names_end(struct names *names, const struct line *l) __must_check;

#endif
