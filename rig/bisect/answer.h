/* SPDX-License-Identifier: GPL-2.0-only */
/* Decides whether a run shows the finding that a bisection searches for. Pure. */
#ifndef RIG_BISECT_ANSWER_H
#define RIG_BISECT_ANSWER_H

#include "reports/record/verdict.h"

/* The finding to search for; all NULL: not known yet. sought_deinit() it. */
struct sought {
	char *rule;  /* "contract.waits"; NULL: any */
	char *title; /* a splat's title or signature, or a glob for it; NULL: any */
};

enum outcome {
	OUTCOME_SHOWN,
	OUTCOME_NOT_SHOWN,
	OUTCOME_NONE,	 /* no answer: another failure hides it */
	OUTCOME_NO_BOOT, /* no guest booted */
	OUTCOME_UNFIT,	 /* the kernel does not build, or daxrig cannot use it */
};
#define OUTCOMES (OUTCOME_UNFIT + 1)

/* "shown", "not shown", "no answer", "no boot", "unfit"; static. */
const char *outcome_name(enum outcome outcome);

/* Finds the outcome called @name; false when it is unknown. */
bool outcome_by_name(const char *name, enum outcome *out);

bool sought_known(const struct sought *s);

/* "contract.waits", "the splat 'WARNING in f'"; free() it. */
char *sought_text(const struct sought *s);

/*
 * Sets @s to the finding that the reason of the failed @rec names; for a splat, with its title.
 * Returns false and leaves @s unchanged when @rec did not fail.
 */
bool sought_learn(struct sought *s, const struct case_record *rec);

void sought_deinit(struct sought *s);

/*
 * Does the judged @rec show @s, which must be known? *@why is one line of printable ASCII;
 * free() it.
 *
 * shown: @rec failed, and @s is one of its findings.
 * not shown: @rec passed; or it failed in another way, but the case reached its end, the
 * guest was fine and the kernel log empty. no boot: no guest booted. no answer: all else.
 */
enum outcome answer_of(const struct case_record *rec, const struct sought *s, char **why);

/* The tries of one run: it repeats the same case. */
struct tries {
	size_t counts[OUTCOMES];
	char *why[OUTCOMES]; /* the reason of the first try with each outcome; NULL: none */
	size_t guests;	     /* the highest number of a guest, or else the number of records */
	size_t records;
};

/* Adds a try. While @s is not known, the first try that fails sets it. */
enum outcome tries_add(struct tries *t, const struct case_record *rec, struct sought *s);

/* For run_options.over, which gets each record of a run: returns true once the finding showed. */
struct trying {
	struct tries tries;
	struct sought *sought; /* borrowed; set by the first try that fails */
};

bool trying_over(void *trying, const struct case_record *rec);

/*
 * The outcome of all tries: shown when one try showed it; not shown when at least half of them
 * reached their end without it. *@why is valid as long as @t.
 */
enum outcome tries_outcome(const struct tries *t, const char **why);

void tries_deinit(struct tries *t);

#endif
