/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * "Did you mean ...?": finds the known name nearest to a misspelt word. Pure.
 *
 *	struct nearest n = { .word = word };
 *
 *	for (const struct pin_info *i = pin_infos; i->name; i++)
 *		nearest_offer(&n, i->name);
 *	return nearest_err(&n, "pin", "see 'daxrig list pins'");
 */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include "base/err.h"

struct nearest {
	const char *word; /* borrowed, as are the names */
	const char *name; /* the nearest name offered so far; NULL: none was near */
	unsigned int edits;
};

/*
 * @name is near when at most a third of @word's letters (one to three) were left out,
 * added, changed, or swapped with the next. Of equally near names the first stays.
 */
void nearest_offer(struct nearest *n, const char *name);

/* The same for each of a NULL-terminated array. */
void nearest_offer_all(struct nearest *n, const char *const *names);

/*
 * "no pin 'rdam'; did you mean 'rdma'?", for @kind "pin". When no name is near,
 * "; <otherwise>" follows instead (NULL: nothing). free() it.
 */
char *nearest_text(const struct nearest *n, const char *kind, const char *otherwise);

/* The same text as an ERR_USAGE. */
struct err *nearest_err(const struct nearest *n, const char *kind, const char *otherwise)
	__must_check;

#endif
