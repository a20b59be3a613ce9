/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mutations: small changes of a C source that a rule proposes, "a condition is negated". A
 * mutation keeps the number of lines, so that all code that it does not touch stays the same.
 * Some do not compile, and some change nothing that the compiler keeps: see sieve.h. Pure.
 */
#ifndef GUESTS_MUTATION_H
#define GUESTS_MUTATION_H

#include "base/buf.h"

struct mutation_rule;

struct mutation {
	char *file;	/* from the top of the source: "fs/dax.c" */
	char *function; /* that it is in */
	const struct mutation_rule *rule;
	unsigned int line; /* of its first byte, from 1 */
	size_t at, len;	   /* the bytes that it replaces */
	char *text;	   /* by these: as many newlines as before */
};

struct mutation_list {
	struct mutation *v;
	size_t n, cap;
};

/*
 * Adds the mutations of the functions of @file, whose text is @text, that @wanted takes; in the
 * order of functions, then rules, then places.
 */
void mutation_find(const char *file, const char *text,
		   bool (*wanted)(void *arg, const char *file, const char *function), void *arg,
		   struct mutation_list *out);
void mutation_list_deinit(struct mutation_list *l);

/*
 * Puts the list in an order that depends only on @seed and the list: the files take turns, and in
 * each file the rules do. Its first N are the draw of N mutants.
 */
void mutation_draw(struct mutation_list *l, uint64_t seed);

/* "fs-dax-dax_layout_busy_page_range-731-negate-COLUMN", which no other mutation has; free() it. */
char *mutation_name(const struct mutation *m, const char *text);

/*
 * Appends the mutant's file (build/mutant.h) for @series: its header, and the change of @text,
 * the source, as a unified diff.
 */
void mutation_write(const struct mutation *m, const char *text, const char *series,
		    struct buf *out);

/* Appends the first line that it changes, before and after: "- if (a)" and "+ if (!(a))". */
void mutation_show(const struct mutation *m, const char *text, struct buf *out);

/* "a condition is negated" */
const char *mutation_what(const struct mutation *m);

/* The text with the mutation; free() it. */
char *mutation_apply(const struct mutation *m, const char *text);

#endif
