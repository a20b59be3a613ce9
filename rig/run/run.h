/* SPDX-License-Identifier: GPL-2.0-only */
/* A run: boots guests of one kernel, runs cases on them, and writes the record. */
#ifndef RIG_RUN_H
#define RIG_RUN_H

#include "host/accel.h"
#include "base/progress.h"
#include "host/paths.h"
#include "plan/plan.h"
#include "reports/record/verdict.h"
#include "wire/msg.h"

/*
 * What the runs of one process share. A process can open libvirt's own driver only a few
 * times ("Too many drivers"), so it opens it once. Zero it before the first run.
 */
struct run_host {
	struct leftover *leftover;
	struct virt *virt;
};

void run_host_close(struct run_host *host);

#define RUN_KNOWN_NONE "none"
#define RUN_ALSO_MAX 31

struct run_options {
	const char *kernel; /* SPEC */
	const char *plan;   /* name or file; NULL when cases are named */
	char **cases;	    /* names, files or globs of cases */
	int nr_cases;
	const char *match;	 /* glob over case names, or NULL */
	struct plan_shard shard; /* shard.of is 0: all cases */
	unsigned int repeat;	 /* how often each case is run; 0: 1 */
	bool seed_given;	 /* the order of cases comes from the seed, not from the plan */
	const char *uri;	 /* libvirt connection, NULL: in this process */
	const char *also[RUN_ALSO_MAX]; /* more of them, which take cases too */
	unsigned int nr_also;
	enum accel_wish accel;
	const char *geometry; /* "size=1G,...", or NULL */
	bool no_fork;	      /* boot a guest for every case */
	const char *out;      /* folder of run folders, or NULL */
	unsigned int jobs;    /* guests at once; 0: as many as fit */
	unsigned int limit_s; /* a case's time limit, before scaling; 0: the default */
	uint64_t seed;
	enum sabotage sabotage;
	const char *known; /* list of known findings; "": daxrig's own; "none" or NULL: none */
	bool coverage;	   /* keep what code of the kernel runs; of a resumed run it is as it was */
	bool each_coverage;   /* and what each case alone ran */
	bool coverage_or_not; /* go on if that cannot be kept */
	bool ktap;	      /* KTAP on a terminal, too, and no summary */
	char **argv;	      /* for the record */
	/*
	 * The folder of a run that was interrupted or killed; what is left of it is run, in the same
	 * folder. All of the above but jobs must be 0, or what that run was told. Of a run
	 * that is complete nothing is run. ERR_USAGE: it still runs, or kernel, initramfs,
	 * geometry, cases or daxrig are not the same any more. NULL: a new run.
	 */
	const char *resume;
	const char *recheck_of; /* the run whose failures this one repeats, or NULL */
	const char *night;	/* "2026-11-30": the night that it is a part of, or NULL */
	bool hold;	      /* the case stands still at its first finding, or before it lets go */
	bool hold_on_fail;    /* at the first finding that is new */
	unsigned int hold_at; /* before this line; 0: none */
	unsigned int vmcores; /* keep the memory of so many guests, one for each kind of finding */
	uint64_t deadline_ns; /* no case begins after it, by now_ns(); 0: none */

	/* For commands that consist of runs; zero for 'daxrig run'. */
	const char *const *first; /* names of cases that are run before all others */
	size_t nr_first;
	const struct progress *say; /* gets the lines for people; nothing else is
					   printed: no KTAP, no counts */
	/* Called after each judged case, from any thread, never twice at once. True ends the run. */
	bool (*over)(void *arg, const struct case_record *rec);
	void *over_arg;
	struct run_host *host; /* kept open for the next run; NULL: this run's alone */
	char **folder; /* NULL, or is set to the record's path (NULL: no record); free() that */
};

/*
 * Runs the cases. *@status is 0, 1 when a case failed by a finding that is not known, or 3 when
 * one ended in error. It may be called again after it returned.
 */
struct err *run_cases(const struct run_options *o, int *status) __must_check;

#endif
