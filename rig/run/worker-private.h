/* SPDX-License-Identifier: GPL-2.0-only */
/* A worker: a thread that runs cases one by one, on guests one by one. */
#ifndef RIG_RUN_WORKER_PRIVATE_H
#define RIG_RUN_WORKER_PRIVATE_H

#include <pthread.h>

#include "run/machine-private.h"
#include "run/private.h"

struct worker {
	struct run *run;
	pthread_t thread;
	struct run_node *node;
	struct machine machine;
	struct guest *guest;	  /* NULL: the next case starts one */
	struct fork_coverage own; /* of its guest, when each case has its own; bits -1: none */
};

void worker_init(struct worker *w, struct run *r, unsigned int id);
void worker_deinit(struct worker *w);
/* Takes cases until none is left or the run ends. The start routine of a thread. */
void *worker_main(void *worker);

#endif
