/* SPDX-License-Identifier: GPL-2.0-only */
#include "look.c"
#include "result-name.c"

/* @or_fails: instead, it may. */
static void expect_blocks(struct task *t, int or_fails)
{
	enum seen seen = look(t);

	if (seen == OVER && t->result && or_fails)
		return;
	if (seen == OVER) {
		fail("'%s' returned %s after %.1f ms, and did not wait", t->name,
		     result_name(t->result), t->to - t->from);
		return;
	}
	judge_wait(t, seen);
	if (seen == WAITS) {
		t->waits = now_ms();
		t->need_not = 0;
		t->may_end = 0;
	}
}
