/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The runs in a folder: BASE/runs/NAME. Finds them by name, by kernel and plan, or as the
 * latest; lists, packs and removes them.
 */
#ifndef RIG_RUNS_H
#define RIG_RUNS_H

#include <time.h>

#include "base/progress.h"
#include "host/paths.h"
#include "reports/record/run-json.h"
#include "reports/record/rundir.h"

enum run_state {
	RUN_RUNNING,
	RUN_ENDED,	 /* all its cases are over */
	RUN_INTERRUPTED, /* it ended early, or was killed: 'run --resume' goes on with it */
	RUN_DAMAGED,	 /* its record cannot be read */
};

/* "running", "ended", "interrupted", "damaged"; static. */
const char *run_state_name(enum run_state state);

struct run_entry {
	char *name, *folder;
	struct run_summary head; /* without cases; untrusted */
	enum run_state state;
	time_t start;	/* 0: not known */
	uint64_t bytes; /* of all its files */
	bool packed;	/* its evidence is in an archive */
	char *keep;	/* why it is kept for good; NULL: it is not */
};

struct run_list {
	struct run_entry *v;
	size_t n;
};

/*
 * Lists the runs in BASE/runs, the newest last. Reads only the head of each record; a folder
 * without a record is no run. Takes less than a millisecond for each run. run_list_deinit() it.
 */
struct err *run_list_read(const char *base, struct run_list *out) __must_check;
void run_list_deinit(struct run_list *l);

/*
 * Sets *@folder to that of the run @word; free() it. @word is the path of the folder or of its
 * run.json, the name of a run in p->data or the beginning of only one such name, "latest",
 * or KERNEL or KERNEL:PLAN: the newest run of them. KERNEL is a release or its beginning, as
 * "6.12", or a name as --kernel takes it. Of the runs of a kernel those of a whole plan come
 * first, then those of a part, rechecks and self-tests, and last interrupted runs, if
 * they have a case. NULL is "latest". ERR_USAGE when there is none.
 */
struct err *run_find(const struct paths *p, const char *word, char **folder) __must_check;

/* The same by the list alone, without paths; NULL: there is none. Pure. */
const struct run_entry *run_list_find(const struct run_list *l, const char *word);

/*
 * Sets *@folder to that of the newest run in BASE/runs that was interrupted or killed, for
 * run_options.resume; free() it. NULL: there is none.
 */
struct err *run_find_incomplete(const char *base, char **folder) __must_check;

/*
 * Points BASE/runs/latest and latest-RELEASE-PLAN to the run that ends, for people and scripts.
 * Only a whole plan gets the second; a recheck gets neither. A run that did not end
 * gets them only when no run that ended has them.
 */
struct err *runs_point_latest(const struct rundir *dir, const struct run_record *run) __must_check;

/* Parses an age such as "30d", "12h" or "2w" to seconds; false if it is none. Pure. */
bool run_age_parse(const char *text, uint64_t *seconds);

struct run_limits {
	uint64_t age_s; /* older runs are removed; 0: no limit */
	uint64_t bytes; /* the oldest are removed until all take at most this; 0: no limit */
};

/*
 * Sets remove[i] for each run that goes. These stay: a running one; one that is kept for good;
 * of each kernel and plan the newest that ended, or the newest if none did; and
 * rechecks of runs that stay for that reason. Pure.
 */
void run_list_choose(const struct run_list *l, const struct run_limits *limits, time_t now,
		     bool *remove);

/* Removes what run_list_choose() says; @say gets a line for each, and one for the total. */
struct err *runs_prune(const char *base, const struct run_limits *limits,
		       const struct progress *say) __must_check;

/*
 * Moves the evidence of each run older than @age_s to RUNDIR_PACKED in its folder, unless it
 * runs or is kept; @say gets a line for each, and one for the total.
 */
struct err *runs_pack(const char *base, uint64_t age_s, const struct progress *say) __must_check;

#endif
