/* SPDX-License-Identifier: GPL-2.0-only */
/* Which mutants there are: those of the library, or some that are made by machine. */
#ifndef RIG_MUTANTS_LIST_H
#define RIG_MUTANTS_LIST_H

#include "base/progress.h"
#include "guests/build/mutant.h"
#include "host/paths.h"

struct mutant_wish {
	const char *match; /* a glob over names; NULL: all */
	const char *series, *profile;
	unsigned int generate; /* how many to make by machine; 0: those of the library */
	uint64_t seed;
};

struct mutant_entry {
	struct mutant mutant;
	char *text;	/* of the patch */
	char *function; /* that it changes, with its file; NULL: of the library */
	char *shown; /* made by machine: the changed line before and after; NULL: of the library */
};

struct mutant_list {
	struct mutant_entry *v;
	size_t n;
	char *made; /* for people: how many mutations were drawn and dropped; NULL: none made */
};

/*
 * Finds the mutants; makes them first if that is wished, for which it may build a kernel.
 * mutant_list_deinit() *@out, in any case. ERR_USAGE: there is none.
 */
struct err *mutant_list_read(const struct paths *p, const struct mutant_wish *wish,
			     const struct progress *say, struct mutant_list *out) __must_check;
void mutant_list_deinit(struct mutant_list *l);

#endif
