/* SPDX-License-Identifier: GPL-2.0-only */
/* The cases of a plan that a run did not get to. Pure. */
#ifndef REPORTS_PLANNED_H
#define REPORTS_PLANNED_H

#include "reports/record/verdict.h"

struct planned {
	char **names; /* in the order of the plan */
	size_t n;
};

/*
 * Of @text, a name on each line, those that none of the @n cases has, at most @max. A last line without its
 * newline is ignored: the text was cut.
 */
void planned_missing(const char *text, const struct case_record *const *cases, size_t n, size_t max,
		     struct planned *out);

void planned_deinit(struct planned *p);

#endif
