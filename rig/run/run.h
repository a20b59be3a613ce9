/* SPDX-License-Identifier: GPL-2.0-only */
/* A run: a kernel, its cases, guests one after another, and the record. */
#ifndef RIG_RUN_H
#define RIG_RUN_H

#include "host/accel.h"
#include "base/progress.h"
#include "host/paths.h"
#include "plan/plan.h"
#include "reports/record/verdict.h"
#include "wire/msg.h"

/*
 * What runs of one process have in common. libvirt's own driver can be opened in a process
 * only so often ("Too many drivers"), and is so once. Zeroed is fine to begin with.
 */
struct run_host {
	struct leftover *leftover;
	struct virt *virt;
};

void run_host_close(struct run_host *host);

struct run_options {
	const char *kernel; /* SPEC */
	const char *plan;   /* name or file; NULL when cases are named */
	char **cases;	    /* names, files or globs of cases */
	int nr_cases;
	const char *match;	 /* glob over case names, or NULL */
	struct plan_shard shard; /* of 0: all of it */
	unsigned int repeat;	 /* how often each case is run; 0: 1 */
	bool seed_given;	 /* the order comes from the seed, not from the plan */
	const char *uri;	 /* libvirt connection, NULL: in this process */
	enum accel_wish accel;
	const char *geometry; /* "size=1G,...", or NULL */
	bool no_fork;	      /* boot a guest for every case */
	const char *out;      /* folder of run folders, or NULL */
	unsigned int jobs;    /* guests at once; 0: as many as fit */
	unsigned int limit_s; /* that a case may take, scaled; 0: as much as is usual */
	uint64_t seed;
	enum sabotage sabotage;
	char **argv; /* for the record */

	/* For commands that are made of runs; zero for 'daxrig run'. */
	const struct progress *say; /* lines for people go here, and nothing else is
					   printed: no KTAP, no counts */
	/* A judged case is over, one at a time, from any thread; true: that was enough. */
	bool (*over)(void *arg, const struct case_record *rec);
	void *over_arg;
	struct run_host *host; /* kept open for the next run; NULL: this run's alone */
	char **folder;	       /* gets the path of the record, NULL: none; free() it; or NULL */
};

/*
 * Runs; *@status is 0, or 1 when a case failed, or 3 when one ended in error. It may be
 * called again when it returned.
 */
struct err *run_cases(const struct run_options *o, int *status) __must_check;

#endif
