/* SPDX-License-Identifier: GPL-2.0-only */
#include "holder.c"

/* The child gets SIGKILL, or exits, with the pin in hand. */
static void holder_end(struct holder *h, int killed)
{
	const char request = EXIT;

	if (killed)
		kill(h->pid, SIGKILL);
	else
		send(h->fd, &request, 1, MSG_NOSIGNAL);
	hold_end(h);
}
