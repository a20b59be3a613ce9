/* SPDX-License-Identifier: GPL-2.0-only */
#include "task.c"

/* The pages of a pin go with the device: to touch them now could end the whole machine. */
static void check_bound(struct task *t, const char *pin)
{
	if (!is_over(t, 0) || t->result)
		return;
	fail("the device was unbound after %.1f ms, while pin '%s' stood", t->to - t->from, pin);
	stop();
}
