/* SPDX-License-Identifier: GPL-2.0-only */
/* A small process that outlives daxrig and cleans up after it, however daxrig ends. */
#ifndef RIG_JANITOR_H
#define RIG_JANITOR_H

#include <sys/types.h>

#include "base/err.h"

struct janitor {
	pid_t pid; /* 0: none */
	int life;  /* our end of a pipe; the kernel closes it when we die */
};

/*
 * Starts a child in a session of its own. It calls @clean(@arg) when this process has died,
 * by whatever signal, without janitor_dismiss(). It keeps the @n descriptors @keep open and
 * closes all others. Call it before any thread is started: the child forks without exec.
 */
struct err *janitor_start(struct janitor *j, const int *keep, size_t n, void (*clean)(void *arg),
			  void *arg) __must_check;

/* Ends the janitor without its calling clean(), and waits for it. Fine when none was started. */
void janitor_dismiss(struct janitor *j);

#endif
