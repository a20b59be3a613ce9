/* SPDX-License-Identifier: GPL-2.0-only */
#include "refusal.c"
#include "wait-for.c"

/* It succeeds, or is refused. */
static void wait_refused(struct task *t)
{
	wait_for(t);
	if (t->result && !is_refusal(t->result))
		fail("'%s' ends with %s", t->name, result_name(t->result));
}
