/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One bisection: chooses the version to run next, takes its outcome, and stops when that is
 * enough. Knows nothing of guests: a function makes the runs. Each run is in the log before
 * the next one begins, so that an interrupted session continues where it was.
 *
 * First it runs the bad end until that shows the finding: this defines the finding if the user
 * did not, and detects a bad end that is good. Then it runs the good end once, then the
 * versions whose runs give the most information.
 */
#ifndef RIG_BISECT_SESSION_H
#define RIG_BISECT_SESSION_H

#include "base/progress.h"
#include "bisect/candidates.h"
#include "bisect/log.h"
#include "bisect/posterior.h"

#define SESSION_RUNS_MAX 1000 /* the default of max_runs */
#define SESSION_PATIENCE 60   /* the default of patience */

/*
 * Runs the case on kernel @spec, several times, and passes each judged record to @over until
 * that returns true: enough. Sets *@folder to the folder of the record, or NULL; free() it.
 * ERR_BUILD: the kernel does not build; ERR_TIMEOUT: it does not boot; ERR_USAGE: it cannot be
 * used; ERR_CANCELLED and any other error end the session.
 */
struct session_runner {
	struct err *(*run)(void *arg, const char *spec,
			   bool (*over)(void *arg, const struct case_record *rec), void *over_arg,
			   char **folder);
	void *arg;
};

struct session_options {
	double confidence;
	size_t max_runs;	 /* of all in the log, including earlier calls */
	size_t patience;	 /* after so many runs without the finding, the bad end is good */
	const char *const *skip; /* globs of specs that are never run */
	size_t nr_skip;
	bool skip_any; /* a glob that matches nothing is fine */
	const struct progress *say;
	struct session_runner runner;
};

enum session_end {
	SESSION_FOUND, /* the culprit, or a range that runs cannot distinguish */
	SESSION_GOOD_IS_BAD,
	SESSION_BAD_IS_GOOD,
	SESSION_STUCK,	    /* the versions that could decide it give no answer */
	SESSION_END_SILENT, /* an end gives no answer */
	SESSION_OUT_OF_RUNS,
};

struct session {
	const struct candidates *history;
	struct bisect_log *log;
	const struct session_options *o;
	struct bisect b;
	struct session_version {
		size_t silent, no_boot; /* runs in a row without an answer; of these, no boot */
		const char *why;	/* reason of the last of these; belongs to the log */
		char *field;		/* its spec as log_field() returns it */
	} * versions;			/* as many as candidates */
	enum session_end end;
};

/*
 * Borrows all three until session_deinit(), which must be called also after an error. Runs in
 * the log count. ERR_USAGE when a skip matches nothing.
 */
struct err *session_init(struct session *s, const struct candidates *history,
			 struct bisect_log *log, const struct session_options *o) __must_check;

/*
 * Runs versions until @s->end is known. After an error the log has all runs but the one that
 * failed.
 */
struct err *session_run(struct session *s) __must_check;

void session_deinit(struct session *s);

/* The number of runs in the log of this history's kernels, and of the guests they booted. */
size_t session_runs(const struct session *s);
size_t session_boots(const struct session *s);

/* The place of the version with @field in the log; the number of candidates when unknown. */
size_t session_place(const struct session *s, const char *field);

#endif
