/* SPDX-License-Identifier: GPL-2.0-only */
#include "task.c"
#include "result-name.c"

/* It ends, whatever its result. */
static void wait_for(struct task *t)
{
	if (!is_over(t, grace_ms))
		stuck(t, grace_ms);
	printf("# '%s' ended with %s\n", t->name, result_name(t->result));
}
