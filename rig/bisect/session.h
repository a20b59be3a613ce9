/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One bisection: which version is run next, what its run says, when that is enough. Knows
 * nothing of guests: runs come from a function. Each run is in the log before the next one
 * begins, so that a session that was interrupted goes on where it was.
 *
 * The bad end is run first, until it shows what is sought: that says what it is when nobody
 * did, and finds an end that is not bad. Then the good end once, then what tells most.
 */
#ifndef RIG_BISECT_SESSION_H
#define RIG_BISECT_SESSION_H

#include "base/progress.h"
#include "bisect/history.h"
#include "bisect/log.h"
#include "bisect/posterior.h"

#define SESSION_RUNS_MAX 1000 /* the default of max_runs */
#define SESSION_PATIENCE 60   /* the default of patience */

/*
 * Runs the case on kernel @spec, some tries of it, and hands each judged record to @over
 * until that says true: enough. @folder gets the folder of the record, or NULL; free() it.
 * ERR_BUILD: does not build; ERR_TIMEOUT: does not boot; ERR_USAGE: is no kernel to use;
 * ERR_CANCELLED ends the session, as does any other.
 */
struct session_runner {
	struct err *(*run)(void *arg, const char *spec,
			   bool (*over)(void *arg, const struct case_record *rec), void *over_arg,
			   char **folder);
	void *arg;
};

struct session_options {
	double confidence;
	size_t max_runs;	 /* all of the log, those of earlier calls, too */
	size_t patience;	 /* runs of the bad end that do not show it, and none does */
	const char *const *skip; /* globs over specs that are not run */
	size_t nr_skip;
	bool skip_any; /* a glob that matches nothing is fine */
	const struct progress *say;
	struct session_runner runner;
};

enum session_end {
	SESSION_FOUND, /* the culprit, or neighbours that cannot be told apart */
	SESSION_GOOD_IS_BAD,
	SESSION_BAD_IS_GOOD,
	SESSION_STUCK,	    /* what could tell more gives no answer */
	SESSION_END_SILENT, /* an end gives no answer */
	SESSION_OUT_OF_RUNS,
};

struct session {
	const struct history *history;
	struct bisect_log *log;
	const struct session_options *o;
	struct bisect b;
	struct session_version {
		size_t silent, no_boot; /* runs in a row without an answer; of these, no boot */
		const char *why;	/* of the last of these; the log's */
		char *field;		/* log_field() of its spec */
	} * versions;			/* as many as candidates */
	enum session_end end;
};

/*
 * Borrows all three, until session_deinit(), which is due after an error, too. The log
 * counts as run. ERR_USAGE when a skip matches nothing.
 */
struct err *session_init(struct session *s, const struct history *history, struct bisect_log *log,
			 const struct session_options *o) __must_check;

/*
 * Runs until @s->end is known. After an error all runs but the one that failed are in the
 * log.
 */
struct err *session_run(struct session *s) __must_check;

void session_deinit(struct session *s);

/* Runs, and boots of guests, of this history's kernels; of the log. */
size_t session_runs(const struct session *s);
size_t session_boots(const struct session *s);

/* The place of the version that the log calls @field; the number of candidates: none. */
size_t session_place(const struct session *s, const char *field);

#endif
