/* SPDX-License-Identifier: GPL-2.0-only */
/* Cases that stand still where something was found, so that a person can look into the guest. */
#ifndef RIG_HOLD_H
#define RIG_HOLD_H

#include <pthread.h>

#include "base/err.h"
#include "base/progress.h"
#include "guests/archive/pack.h"
#include "reports/record/verdict.h"

#define HOLD_VMCORE "vmcore" /* evidence: the guest's memory */
#define HOLD_CORES_MAX 100u

/* What a run wants; shared by its workers. Strings are borrowed. */
struct hold {
	bool finding;	   /* stand still at the first finding of a case */
	bool end;	   /* and where there is none, before it lets go of what it holds */
	unsigned int line; /* and before this line of its scenario; 0: no line */
	const char *run;   /* how the user names the run, and its folder */
	const char *folder;
	const struct pack *shell; /* for the guests; NULL: the host has none */
	const char *vmlinux;	  /* with debug info; NULL: not there */
	const struct progress *say;

	/* Is what @rec has so far a finding that the user wants to see? It is not known, or all count. */
	bool (*wanted)(void *arg, struct case_record *rec);
	void *arg;

	/* memory of guests, written at the first finding of each kind */
	unsigned int cores; /* at most so many in a run; 0: none */
	pthread_mutex_t lock;
	char *kinds[HOLD_CORES_MAX]; /* under lock: of those that are written */
	unsigned int nr_kinds;
};

#endif
