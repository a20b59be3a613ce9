/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tries of one scenario showed, by rungs. Pure. */
#ifndef RIG_WORSEN_JUDGE_H
#define RIG_WORSEN_JUDGE_H

#include "reports/record/rung.h"
#include "workloads/lang/scenario.h"

/* A rung that was seen; the strings are of the first finding on it, any bytes. */
struct shown {
	size_t times; /* tries that showed it */
	char *rule, *step, *found;
};

struct tried {
	size_t tries;	/* that came to a verdict: passed or failed */
	size_t none;	/* that did not */
	char *none_why; /* of the first; NULL: all did */
	struct shown on[RUNGS];
};

/*
 * The rung of @f, a finding of @rec: as rung_of_finding(), but of bytes in the wrong place it
 * tells by @s whether both files have something to do with each other.
 */
enum rung judge_finding(const struct scenario *s, const struct case_record *rec,
			const struct finding *f);

/* Adds the try @rec of @s. */
void tried_add(struct tried *t, const struct scenario *s, const struct case_record *rec);

/* The worst rung that was seen, RUNG_NOTHING if none was. */
enum rung tried_worst(const struct tried *t);

/* Copies @from to @to, which is empty. */
void tried_copy(struct tried *to, const struct tried *from);

void tried_deinit(struct tried *t);

#endif
