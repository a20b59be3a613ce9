/* SPDX-License-Identifier: GPL-2.0-only */
/* libvirt's event loop: one thread of this process, for all its connections. */
#include <errno.h>
#include <semaphore.h>

#include "host/virt-private.h"

static struct {
	pthread_mutex_t lock;
	unsigned int users;
	pthread_t thread;
	int timer; /* wakes the thread up; -1: none */
	atomic_bool stopping;
} loop = { .lock = PTHREAD_MUTEX_INITIALIZER, .timer = -1 };

static void wake(int timer, void *opaque)
{
	(void)opaque;
	virEventUpdateTimeout(timer, -1);
}

static void *run(void *arg)
{
	(void)arg;
	while (!atomic_load(&loop.stopping))
		if (virEventRunDefaultImpl() < 0)
			break;
	return NULL;
}

static struct err *start(void)
{
	static bool registered;
	int ret;

	if (!registered && virEventRegisterDefaultImpl() < 0)
		return virt_error("cannot start libvirt's event loop");
	registered = true;
	if (loop.timer < 0)
		loop.timer = virEventAddTimeout(-1, wake, NULL, NULL);
	if (loop.timer < 0)
		return virt_error("cannot start libvirt's event loop");
	atomic_store(&loop.stopping, false);
	ret = pthread_create(&loop.thread, NULL, run, NULL);
	return ret ? err_errno(ret, "cannot start libvirt's event loop") : NULL;
}

struct err *virt_loop_get(void)
{
	struct err *err = NULL;

	pthread_mutex_lock(&loop.lock);
	if (!loop.users)
		err = start();
	loop.users += !err;
	pthread_mutex_unlock(&loop.lock);
	return err;
}

static void passed(int timer, void *opaque)
{
	virEventRemoveTimeout(timer);
	sem_post(opaque);
}

/* Waits until the loop has finished the callback that it may be in. */
static void await_turn(void)
{
	sem_t turn;

	sem_init(&turn, 0, 0);
	if (virEventAddTimeout(0, passed, &turn, NULL) >= 0)
		while (sem_wait(&turn) && errno == EINTR)
			;
	sem_destroy(&turn);
}

void virt_loop_put(void)
{
	pthread_mutex_lock(&loop.lock);
	if (--loop.users) {
		await_turn();
	} else {
		atomic_store(&loop.stopping, true);
		virEventUpdateTimeout(loop.timer, 0);
		pthread_join(loop.thread, NULL);
		virEventRemoveTimeout(loop.timer);
		loop.timer = -1;
	}
	pthread_mutex_unlock(&loop.lock);
}
