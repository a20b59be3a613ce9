/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs the cases on the clean kernel and on the kernels with mutants. */
#ifndef RIG_MUTANTS_RUN_H
#define RIG_MUTANTS_RUN_H

#include "mutants/judge.h"
#include "mutants/kept.h"
#include "mutants/list.h"
#include "mutants/reach.h"
#include "run/run.h"

struct mutants_run {
	/* set by the caller, borrowed */
	const struct paths *paths;
	const char *series, *profile;
	const char *plan; /* NULL: the cases that each mutant names */
	unsigned int jobs, clean_runs;
	unsigned int batch; /* how many mutants may share a kernel; 1: none */
	enum accel_wish accel;
	const struct progress *say;
	/* Told of each verdict; NULL rule: the mutant came to none, and @v->after says why. */
	void (*told)(const struct mutant_entry *e, const struct verdict_lines *v);

	/* zero at first; mutants_run_deinit() */
	struct clean clean;
	struct kept kept; /* with a plan */
	bool keeps;
	struct reach reach;
	struct run_host host;
	size_t caught, survived, not_run;
};

/* The clean kernel as a user names it, "src:7.2+fast"; free() it. */
char *mutants_clean_kernel(const struct mutants_run *r);

/*
 * Runs the clean kernel @r->clean_runs times, less what was kept, with all cases of @l. For mutants
 * made by machine it runs once more, to learn which cases enter which functions, where that can be.
 */
struct err *mutants_run_clean(struct mutants_run *r, const struct mutant_list *l) __must_check;

/*
 * Runs each mutant until a case catches it. Of a plan only the cases that a mutant made by machine
 * names are run, first those that enter its function. An error that concerns one mutant alone is
 * told as its verdict.
 */
struct err *mutants_run_all(struct mutants_run *r, const struct mutant_list *l) __must_check;

void mutants_run_deinit(struct mutants_run *r);

#endif
