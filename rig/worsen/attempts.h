/* SPDX-License-Identifier: GPL-2.0-only */
/* All that may make a case worse: each shape of it with each sequel. Pure. */
#ifndef RIG_WORSEN_ATTEMPTS_H
#define RIG_WORSEN_ATTEMPTS_H

#include "worsen/judge.h"
#include "worsen/ways.h"

struct attempt {
	char *name; /* "as-it-is", "longer-small": fit for a file */
	const struct way *shape, *sequel;
	char *own;  /* the scenario in this shape, without the sequel */
	char *text; /* with it */
	struct scenario *s;
	struct tried tried;
};

/* One that does not apply, and why; both owned. */
struct attempt_left_out {
	char *name, *why;
};

struct attempts {
	struct attempt *v; /* the first is the case itself */
	size_t n;
	struct attempt_left_out *left_out;
	size_t nr_left_out;
};

/*
 * Makes those of the case @name on filesystem @fs. ERR_USAGE: @text is no scenario. Call
 * attempts_deinit() in any case.
 */
struct err *attempts_make(struct attempts *c, const char *name, const char *fs, const char *text)
	__must_check;
/* Drops those whose name does not match the glob; the case itself stays. */
void attempts_match(struct attempts *c, const char *glob);
void attempts_deinit(struct attempts *c);

/*
 * The attempt that shows rung @r most often, of equal ones the first; those of @seen, by their
 * place, do not count. NULL: none.
 */
struct attempt *attempts_best(const struct attempts *c, enum rung r, const bool *seen);

#endif
