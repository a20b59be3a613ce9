/* SPDX-License-Identifier: GPL-2.0-only */
/* Where daxrig finds its own files and keeps what it makes. */
#ifndef RIG_PATHS_H
#define RIG_PATHS_H

#include "base/err.h"
#include "plan/plan.h"

struct paths {
	char *home;  /* the folder of the program: plans, scenarios, agent */
	char *data;  /* kernels and runs: $DAXRIG_DATA, or below $XDG_DATA_HOME */
	char *cache; /* can be made again: $DAXRIG_CACHE, or below $XDG_CACHE_HOME */
	char *state; /* of running processes: $DAXRIG_STATE, or below $XDG_RUNTIME_DIR, or
			   below $XDG_STATE_HOME: see leftover.h */
};

/*
 * ERR_INFRA when there is no home folder to take, or another user owns the data or cache
 * folder or can write it: what lies there is booted and run. Makes nothing.
 */
struct err *paths_init(struct paths *p) __must_check;
/* Makes the data and the cache folder, and looks at them as paths_init() does. */
struct err *paths_make(const struct paths *p) __must_check;
void paths_deinit(struct paths *p);

/* The agent's program, which must be there. */
struct err *paths_agent(const struct paths *p, char **out) __must_check;

/*
 * The scenarios of the library (workloads/scenarios/NAME.scn), the plans
 * (rig/plans/NAME.plan) or the mutants (guests/mutants/NAME.patch), sorted by name.
 */
struct library {
	struct plan_source *v;
	size_t n;
};

struct err *library_scenarios(const struct paths *p, struct library *out) __must_check;
struct err *library_plans(const struct paths *p, struct library *out) __must_check;
struct err *library_mutants(const struct paths *p, struct library *out) __must_check;
/* One file of the user's. */
struct err *library_add_file(struct library *lib, const char *path) __must_check;
void library_deinit(struct library *lib);

#endif
