/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether the tasks of a program ran within a while, or were made not to. */
#ifndef WORKLOADS_ORACLES_STILL_H
#define WORKLOADS_ORACLES_STILL_H

#include <sys/types.h>

#include "base/buf.h"

struct still {
	pid_t root;	/* its descendants are the program */
	pid_t *stopped; /* by still_begin() */
	size_t nr_stopped;
	struct buf tasks; /* how often each has run so far */
	bool runs;	  /* one ran at still_begin() */
};

/* With @stop, stops the descendants of @root, in at most @ms; those asleep in the kernel stay so. */
void still_begin(struct still *s, pid_t root, bool stop, unsigned int ms);

/* Lets those go on that still_begin() stopped. True: none ran since then, and none was made. */
bool still_end(struct still *s);

#endif
