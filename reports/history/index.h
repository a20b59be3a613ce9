/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An index of many records, so that a question about hundreds of runs needs not read them
 * all. The records are the truth: the index is made again when it is missing, damaged or of
 * another version, and each run whose run.json changed is read again. The owner of sqlite.
 *
 *	index_open("CACHE/history.db", &ix);
 *	index_update(ix, "DATA/runs", &known, &skipped);
 *	index_load(ix, NULL, &h);
 *	index_close(ix);
 */
#ifndef REPORTS_INDEX_H
#define REPORTS_INDEX_H

#include "base/err.h"
#include "reports/history/history.h"
#include "reports/record/known.h"

struct index;

/* Opens or makes the index @path; its folder must exist. Close *@out after success. */
struct err *index_open(const char *path, struct index **out) __must_check;

/* NULL is fine. */
void index_close(struct index *ix);

/*
 * Brings the index up to date with the runs in the folder @runs: reads new and changed ones,
 * forgets removed ones. Runs of a self-test are left out. @known marks the findings of
 * records that were written without a list; NULL: nothing is known. What cannot be read is
 * counted in *@skipped, and *@why (free() it; may be NULL) is the first reason.
 */
struct err *index_update(struct index *ix, const char *runs, const struct known *known,
			 size_t *skipped, char **why) __must_check;

/* Which rows to load; NULL members: all. A case must be wanted by both of the first two. */
struct index_filter {
	const char *of_case; /* a glob over names of cases */
	const char *finding; /* only cases that ever showed it: a glob over names of known findings,
				     rules and found texts without numbers */
	const char *const *paths; /* only these runs (run.json, absolute), NULL-terminated */
	bool nights;		  /* only runs that are a part of a night */
};

/*
 * Fills @out with the runs in the folder @runs (NULL: in any), oldest first, their rechecks joined to them and
 * the statuses set, by the rows that were loaded. @filter may be NULL. Deinit *@out after success.
 */
struct err *index_load(struct index *ix, const char *runs, const struct index_filter *filter,
		       struct history *out) __must_check;

#endif
