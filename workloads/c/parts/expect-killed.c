/* SPDX-License-Identifier: GPL-2.0-only */
#include "task.c"
#include "result-name.c"

/* SIGKILL ends its process while it waits. */
static void expect_killed(struct task *t)
{
	if (!is_over(t, grace_ms))
		stuck(t, grace_ms);
	if (t->result != KILLED)
		fail("'%s' had returned %s before it was killed", t->name, result_name(t->result));
}
