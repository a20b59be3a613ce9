/* SPDX-License-Identifier: GPL-2.0-only */
/* Where daxrig finds its own files and keeps what it makes. */
#ifndef RIG_PATHS_H
#define RIG_PATHS_H

#include "base/err.h"
#include "plan/plan.h"

struct paths {
	char *home;  /* the folder of the program: plans, scenarios, agent */
	char *data;  /* kernels and runs: $DAXRIG_DATA, or below $XDG_DATA_HOME */
	char *cache; /* what can be made again: $DAXRIG_CACHE, or below $XDG_CACHE_HOME */
	char *state; /* of running processes: $DAXRIG_STATE, or below $XDG_RUNTIME_DIR, or
			   below $XDG_STATE_HOME: see leftover.h */
};

/*
 * Fills @p; creates nothing. ERR_INFRA when the user has no home folder, or when another
 * user owns or can write the data or cache folder: daxrig boots and runs its files.
 */
struct err *paths_init(struct paths *p) __must_check;
/* Makes the data and the cache folder, and checks them as paths_init() does. */
struct err *paths_make(const struct paths *p) __must_check;
void paths_deinit(struct paths *p);

/* The list of known findings that is installed with daxrig; free() it. */
char *paths_known(const struct paths *p);

/* The functions that coverage is about unless the user says; free() it. */
char *paths_scope(const struct paths *p);

/* The folder of the findings that it is made of, with what is told of each; free() it. */
char *paths_findings(const struct paths *p);

/* Sets *@out to the path of the agent's program, free() it; ERR_INFRA when it is missing. */
struct err *paths_agent(const struct paths *p, char **out) __must_check;

/*
 * The scenarios of the library (workloads/scenarios/NAME.scn), the plans
 * (rig/plans/NAME.plan) or the mutants (guests/mutants/NAME.patch), sorted by name. A
 * scenario or a plan that cannot be read is one with a reason (bad), and an empty text.
 */
struct library {
	struct plan_source *v;
	size_t n;
};

struct err *library_scenarios(const struct paths *p, struct library *out) __must_check;
struct err *library_plans(const struct paths *p, struct library *out) __must_check;
struct err *library_mutants(const struct paths *p, struct library *out) __must_check;
/* Adds one file of the user's. */
struct err *library_add_file(struct library *lib, const char *path) __must_check;
void library_deinit(struct library *lib);

#endif
