/* SPDX-License-Identifier: GPL-2.0-only */
#include <signal.h>

static void on_signal(int signo)
{
	(void)signo;
}

/* A handler, without SA_RESTART, catches it. */
static void catch_signal(int signo)
{
	struct sigaction act = { .sa_handler = on_signal };

	sigaction(signo, &act, NULL);
}
