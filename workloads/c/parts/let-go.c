/* SPDX-License-Identifier: GPL-2.0-only */
#include "task.c"

/* From now on a task may end, because something is let go. */
static void let_go(void)
{
	for (struct task *t = tasks; t; t = t->next)
		if (!__atomic_load_n(&t->done, __ATOMIC_ACQUIRE))
			t->may_end = 1;
}
