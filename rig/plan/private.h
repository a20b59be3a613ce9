/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by plan.c (the cases of a plan) and parse.c (its text) only. */
#ifndef RIG_PLAN_PRIVATE_H
#define RIG_PLAN_PRIVATE_H

#include "plan/plan.h"

/* Takes ownership of @c, and drops it when the plan already has a case of that name. */
void plan_add_case(struct plan *plan, struct plan_case c);

/* Takes ownership of @note, and drops it when the plan already has it. */
void plan_add_note(struct plan *plan, char *note);

/* Adds a combination, once: as a case, or as left out when @reason is not NULL. */
void plan_add_point(struct plan *plan, const struct matrix_point *p,
		    const struct matrix_reason *reason);

#endif
