/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs over time: what each case did on each kernel in each night, and what of that is new.
 * Pure. index.h fills it from the records, history_classify() sets every status, the
 * renderers read it.
 *
 *	struct history h = HISTORY_INIT;
 *	history_run(&h, ...)		oldest run first
 *	history_recheck(&h, ...)	its rechecks
 *	history_classify(&h);
 *
 * All strings are untrusted bytes from records: escape them.
 */
#ifndef REPORTS_HISTORY_H
#define REPORTS_HISTORY_H

#include <time.h>

#include "base/buf.h"
#include "reports/record/verdict.h"

/* What a night says of a case, by what it said before; the worst first. */
enum status {
	STATUS_NEW,	  /* fails by a finding that no list and no comparable run knows */
	STATUS_REGRESSED, /* the same, and it passed on an older kernel of the same line */
	STATUS_STILL,	  /* not in the list, but seen by a comparable run before */
	STATUS_FLAKY,	  /* passes and fails on one build: see fails and tries */
	STATUS_LOST,	  /* error, or an oracle was lost: neither pass nor fail */
	STATUS_FIXED,	  /* passes so often that chance is below 1 % at its old rate */
	STATUS_KNOWN,	  /* every finding is in the list of known ones */
	STATUS_GONE,	  /* a comparable run had it; this plan has it no more, or it skips */
	STATUS_PASS,	  /* passes, and no comparable failure is open */
	STATUS_SKIP,
	STATUSES
};

/* "new", ...; the letter of a cell: N R S F L X K G . - ; one line on what it means. */
const char *status_name(enum status s);
char status_letter(enum status s);
const char *status_text(enum status s);

#define HISTORY_NONE UINT32_MAX

/* A case: its name and its scenario's text. A changed text makes another case. */
struct history_case {
	char *name;
	char *hash; /* of the text, 16 hex digits */
};

/* A finding: rule, and what was found with "N" for each number. */
struct history_finding {
	char *rule;
	char *found;	/* without numbers */
	char *expected; /* of the first time it was seen; "" */
	char *example;	/* what was found then, as it was */
	char *known;	/* the name of the known finding; "": none */
};

/* One case in one run. */
struct history_row {
	uint32_t of; /* its case: an index of history.cases */
	uint32_t nr_findings;
	uint32_t *findings;    /* indices of history.findings; the first names the fail */
	enum verdict verdict;  /* of the run itself, rechecks not counted */
	bool lost;	       /* an oracle did not see all */
	uint32_t fails, tries; /* in this run and its rechecks; lost and skipped tries are none */

	/* by history_classify() */
	enum status status;
	bool absent;	    /* the run does not have the case: a row that says it is gone */
	uint32_t last_good; /* the last comparable run before that passed, or HISTORY_NONE */
	uint32_t first_bad; /* the first of those that showed the finding, this one included */
};

/* One run of one kernel. */
struct history_run {
	char *name;  /* of its folder */
	char *path;  /* of its run.json; "" when it is untested */
	char *night; /* of which night it is a part, "2026-11-30"; "": of none */
	char *spec, *release, *package, *key; /* the kernel; key is that of the build */
	char *plan, *geometry, *accel, *arch, *profile;
	char *shard, *match; /* "2/5", a glob; "": the whole plan */
	char *started;	     /* as in the record, ISO 8601 */
	time_t start;	     /* the same in seconds; 0: unknown */
	uint64_t duration_ns;
	bool complete;
	char *untested; /* why no case of it ran; "": it ran */
	size_t counts[VERDICT_ERROR + 1];
	struct history_row *rows; /* by name of the case; pointers end with the next add */
	size_t nr_rows;

	/* by history_classify() */
	size_t statuses[STATUSES];
	uint32_t before; /* the newest comparable run before, or HISTORY_NONE */
};

struct history {
	struct history_case *cases;
	struct history_finding *findings;
	struct history_run *runs; /* oldest first */
	size_t nr_cases, nr_findings, nr_runs;
	void *private; /* what history.c looks names up by */
};

#define HISTORY_INIT                                                                               \
	{                                                                                          \
		NULL, NULL, NULL, 0, 0, 0, NULL                                                    \
	}

/* Finds or adds a case, a finding; returns its index. Copies the strings, NULL is "". */
uint32_t history_case(struct history *h, const char *name, const char *hash);
uint32_t history_finding(struct history *h, const struct history_finding *f);

/*
 * Appends a run, whose strings and rows it takes over (NULL strings become ""), and returns
 * its index. Runs must come oldest first.
 */
uint32_t history_run(struct history *h, const struct history_run *run);

/*
 * A recheck of run @of: adds one try of a case, of which @try has verdict, lost and findings
 * (borrowed), to its row there. A case that the run does not have is ignored.
 */
void history_recheck(struct history *h, uint32_t of, const struct history_row *try);

/* Sets the statuses of all runs. Call it after the last run was added. */
void history_classify(struct history *h);

/* The row of a case in a run, or NULL. */
const struct history_row *history_row(const struct history *h, uint32_t run, uint32_t of_case);

/* Whether only the kernel differs: plan, geometry, accelerator, profile, architecture are equal. */
bool history_comparable(const struct history_run *a, const struct history_run *b);

/* Of one run: 0 nothing new, 1 something is new or regressed, 3 it is incomplete or untested, or
 * the verdict of a case was lost. */
int history_exit_status(const struct history_run *run);

void history_deinit(struct history *h);

#endif
