/* SPDX-License-Identifier: GPL-2.0-only */
#include "task.c"
#include "result-name.c"

/* It ends with this errno (0: success) within so many ms. */
static void expect_end(struct task *t, int result, long ms)
{
	if (!is_over(t, ms))
		stuck(t, ms);
	if (t->waits && !t->may_end)
		fail("'%s' returned %s %.1f ms after it was seen to wait, before any release",
		     t->name, result_name(t->result), t->to - t->waits);
	if (t->result != result)
		fail("'%s' ends with %s, not %s", t->name, result_name(t->result),
		     result_name(result));
}
