/* SPDX-License-Identifier: GPL-2.0-only */
/* A small process that outlives ours, to tidy up after it, however it ends. */
#ifndef RIG_JANITOR_H
#define RIG_JANITOR_H

#include <sys/types.h>

#include "base/err.h"

struct janitor {
	pid_t pid; /* 0: none */
	int life;  /* our end of a pipe: closed when we are no more */
};

/*
 * Starts a child, in a session of its own, that calls @clean(@arg) once this process
 * died, by whatever signal, and did not dismiss it. It keeps the descriptors @keep
 * and no other. Before any thread is started, since it is a mere fork of this process.
 */
struct err *janitor_start(struct janitor *j, const int *keep, size_t n, void (*clean)(void *arg),
			  void *arg) __must_check;

/* It does nothing any more, and is gone. Fine when none was started. */
void janitor_dismiss(struct janitor *j);

#endif
