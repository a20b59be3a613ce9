/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/oracles/oracle.h"

#include <stdarg.h>
#include <stdio.h>

static void say_sight(const struct exec *x, enum oracle oracle, enum sight sight, const char *why)
{
	_cleanup_buf_ struct buf msg = BUF_INIT;

	msg_put_u64(&msg, TAG_ORACLE, oracle);
	msg_put_u64(&msg, TAG_SIGHT, sight);
	msg_put_str(&msg, TAG_TEXT, why);
	case_send(x->ctx, MSG_LOG, &msg);
}

void oracle_lost(struct exec *x, enum oracle oracle, enum sight sight, const char *why, ...)
{
	char text[200];
	va_list ap;

	va_start(ap, why);
	vsnprintf(text, sizeof(text), why, ap);
	va_end(ap);
	x->lost[oracle] = true;
	say_sight(x, oracle, sight, text);
}

void oracles_end(struct exec *x)
{
	oracles_tell(x, end);
	for (enum oracle i = ORACLE_LOG + 1; i < ORACLES; i++)
		if (!x->lost[i])
			say_sight(x, i, exec_looks(x) ? SIGHT_WHOLE : SIGHT_OFF, "");
}
