/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/clock.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>

#define BEAT_MS 100
/* A busy host may delay a thread this long; beyond it, the process stood still. */
#define SLACK_NS 1000000000ull

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static _Atomic uint64_t beat_ns; /* when the thread looked last; 0: no thread runs */
static uint64_t still_ns;	 /* total time stood still before beat_ns */

static uint64_t monotonic_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* Under the lock: a thread that wakes up before the watching thread sees the gap, too. */
static uint64_t still_at(uint64_t now)
{
	uint64_t gap = beat_ns ? now - beat_ns : 0;

	return still_ns + (gap > SLACK_NS ? gap - SLACK_NS : 0);
}

uint64_t now_ns(void)
{
	uint64_t now;

	if (!beat_ns)
		return monotonic_ns();
	pthread_mutex_lock(&lock);
	now = monotonic_ns();
	now -= still_at(now);
	pthread_mutex_unlock(&lock);
	return now;
}

uint64_t clock_still_ns(void)
{
	uint64_t still;

	pthread_mutex_lock(&lock);
	still = still_at(monotonic_ns());
	pthread_mutex_unlock(&lock);
	return still;
}

static void beat(void)
{
	uint64_t now;

	pthread_mutex_lock(&lock);
	now = monotonic_ns();
	still_ns = still_at(now);
	beat_ns = now;
	pthread_mutex_unlock(&lock);
}

static void *watch(void *arg)
{
	for (;;) {
		beat();
		poll(NULL, 0, BEAT_MS);
	}
	return arg;
}

struct err *clock_watch(void)
{
	static bool watching;
	sigset_t all, old;
	pthread_t thread;
	int ret;

	if (watching)
		return NULL;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	ret = pthread_create(&thread, NULL, watch, NULL);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (ret)
		return err_errno(ret, "cannot start a thread");
	pthread_detach(thread);
	watching = true;
	return NULL;
}
