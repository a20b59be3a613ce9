/* SPDX-License-Identifier: GPL-2.0-only */
/* The outcome of a step. */
#include <stdarg.h>
#include <stdio.h>

#include "workloads/exec/exec.h"

void outcome_reset(struct outcome *o)
{
	o->status = STEP_OK;
	o->expected[0] = o->found[0] = '\0';
	buf_reset(&o->detail);
	o->errnum = 0;
	o->hung = false;
}

static void outcome_set(struct outcome *o, enum step_status status, const char *found, va_list ap)
{
	/* keep only the first failure */
	if (o->status != STEP_OK)
		return;
	o->status = status;
	vsnprintf(o->found, sizeof(o->found), found, ap);
}

void outcome_fail(struct outcome *o, enum rule rule, const char *expected, const char *found, ...)
{
	va_list ap;

	if (o->status != STEP_OK)
		return;
	va_start(ap, found);
	outcome_set(o, STEP_FAIL, found, ap);
	va_end(ap);
	o->rule = rule;
	snprintf(o->expected, sizeof(o->expected), "%s", expected);
}

void outcome_skip(struct outcome *o, const char *found, ...)
{
	va_list ap;

	va_start(ap, found);
	outcome_set(o, STEP_SKIP, found, ap);
	va_end(ap);
}

void outcome_error(struct outcome *o, const char *found, ...)
{
	va_list ap;

	va_start(ap, found);
	outcome_set(o, STEP_ERROR, found, ap);
	va_end(ap);
}
