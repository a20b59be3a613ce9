/* SPDX-License-Identifier: GPL-2.0-only */
#include "host/cancel.h"

#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>

#include "base/program.h"

struct err *cancel_open(int *fd)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sigaction now;
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		if (!sigaction(signals[i], NULL, &now) && now.sa_handler != SIG_IGN)
			sigaddset(&set, signals[i]);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	*fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (*fd < 0)
		return err_errno(errno, "cannot catch signals");
	run_program_cancel_fd(*fd);
	return NULL;
}

void cancel_close(int *fd)
{
	run_program_cancel_fd(-1);
	close_fd(fd);
	*fd = -1;
}
