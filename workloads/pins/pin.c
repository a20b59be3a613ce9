/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/pins/pin.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

const struct pin_kind *pin_kind_find(const char *name)
{
	for (const struct pin_kind *const *k = pin_kinds; *k; k++)
		if (word_eq((*k)->name, name))
			return *k;
	return NULL;
}

int pin_fail(struct pin *p, int errnum, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(p->why, sizeof(p->why), fmt, ap);
	va_end(ap);
	return -errnum;
}

int pin_thread_create(pthread_t *thread, void *(*fn)(void *), void *arg)
{
	sigset_t all, old;
	int ret;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	ret = pthread_create(thread, NULL, fn, arg);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return -ret;
}
