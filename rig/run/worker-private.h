/* SPDX-License-Identifier: GPL-2.0-only */
/* One guest after another, one case after another, in a thread. */
#ifndef RIG_RUN_WORKER_PRIVATE_H
#define RIG_RUN_WORKER_PRIVATE_H

#include <pthread.h>

#include "run/machine-private.h"
#include "run/private.h"

struct worker {
	struct run *run;
	pthread_t thread;
	struct machine machine;
	struct guest *guest; /* NULL: the next case starts one */
};

void worker_init(struct worker *w, struct run *r, unsigned int id);
void worker_deinit(struct worker *w);
/* Takes cases until there are none or the run is to end. A thread's main. */
void *worker_main(void *worker);

#endif
