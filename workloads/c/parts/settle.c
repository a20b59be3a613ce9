/* SPDX-License-Identifier: GPL-2.0-only */
#include "look.c"

/* It ends, or waits: it may do either. */
static void settle(struct task *t)
{
	enum seen seen = look(t);

	if (seen != OVER)
		judge_wait(t, seen);
	if (seen == WAITS) {
		t->waits = 0;
		t->need_not = 1;
		t->may_end = 0;
	}
}
