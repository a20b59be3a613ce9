/* SPDX-License-Identifier: GPL-2.0-only */
#include "look.c"
#include "refusal.c"
#include "result-name.c"

/* @refuses: instead, it may fail at once. */
static void expect_blocks(struct task *t, int refuses)
{
	enum seen seen = look(t);

	if (seen == OVER && refuses && is_refusal(t->result))
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
