/* SPDX-License-Identifier: GPL-2.0-only */
/* How a step came out. */
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
	/* the first thing that went wrong is the one to tell */
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

static void say_sight(const struct exec *x, enum oracle oracle, enum sight sight, const char *why)
{
	_cleanup_buf_ struct buf msg = BUF_INIT;

	msg_put_u64(&msg, TAG_ORACLE, oracle);
	msg_put_u64(&msg, TAG_SIGHT, sight);
	msg_put_str(&msg, TAG_TEXT, why);
	case_send(x->ctx, MSG_LOG, &msg);
}

void exec_lost(struct exec *x, enum oracle oracle, enum sight sight, const char *why, ...)
{
	char text[200];
	va_list ap;

	va_start(ap, why);
	vsnprintf(text, sizeof(text), why, ap);
	va_end(ap);
	x->lost[oracle] = true;
	say_sight(x, oracle, sight, text);
}

void exec_seen(struct exec *x)
{
	for (enum oracle i = ORACLE_LOG + 1; i < ORACLES; i++)
		if (!x->lost[i])
			say_sight(x, i, exec_looks(x) ? SIGHT_WHOLE : SIGHT_OFF, "");
}
