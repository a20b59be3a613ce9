/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What may come after a case, or be different in it: two tables. A row changes the text of a
 * scenario; whether it applies is decided by the parser and the model. Pure.
 */
#ifndef RIG_WORSEN_WAYS_H
#define RIG_WORSEN_WAYS_H

#include "worsen/draft.h"

struct way {
	const char *name; /* becomes part of a name of a case */
	const char *adds; /* in words, after "and" */
	/* See way_apply(); NULL: changes nothing. */
	bool (*apply)(struct draft *d, const char *word);
	const char *word; /* passed to it; NULL: none */
};

/* Changes @d. False: the row does not apply, see d->why, and @d can only be freed. */
bool way_apply(const struct way *w, struct draft *d);

/* The same case in another shape; the first row is the case as it is. Ends with a NULL name. */
extern const struct way way_shapes[];

/* What comes after it; the first row is nothing. Ends with a NULL name. */
extern const struct way way_sequels[];

/* Puts the case on filesystem @name alone. */
bool way_filesystem(struct draft *d, const char *name);

/*
 * Whether @text still has a step with which the case @own does something to a file: without
 * one, what it shows does not come from the case.
 */
bool way_has_cause(const char *own, const char *text);

#endif
