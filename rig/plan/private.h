/* SPDX-License-Identifier: GPL-2.0-only */
/* Between plan.c (the cases of a plan) and plan-parse.c (its text). */
#ifndef RIG_PLAN_PRIVATE_H
#define RIG_PLAN_PRIVATE_H

#include "plan/plan.h"

/* Takes @c; a case of that name that is there already wins. */
void plan_add_case(struct plan *plan, struct plan_case c);

/* A combination, once: a case, or with @reason none. */
void plan_add_point(struct plan *plan, const struct matrix_point *p,
		    const struct matrix_reason *reason);

#endif
