/* SPDX-License-Identifier: GPL-2.0-only */
/* What a run says about the one finding that is sought, and about nothing else. Pure. */
#ifndef RIG_BISECT_ANSWER_H
#define RIG_BISECT_ANSWER_H

#include "reports/record/verdict.h"

/* What is sought; all NULL: not known yet. sought_deinit() it. */
struct sought {
	char *rule;  /* "contract.waits"; NULL: any */
	char *title; /* of a splat, or its signature, or a glob; NULL: any */
};

enum outcome {
	OUTCOME_SHOWN,
	OUTCOME_NOT_SHOWN,
	OUTCOME_NONE,	 /* no answer: something else came between */
	OUTCOME_NO_BOOT, /* no guest came up */
	OUTCOME_UNFIT,	 /* does not build, or is no kernel that daxrig can use */
};
#define OUTCOMES (OUTCOME_UNFIT + 1)

/* "shown", "not shown", "no answer", "no boot", "unfit"; static. */
const char *outcome_name(enum outcome outcome);

/* The outcome of that name; false when there is none. */
bool outcome_by_name(const char *name, enum outcome *out);

bool sought_known(const struct sought *s);

/* "contract.waits", "the splat 'WARNING in f'"; free() it. */
char *sought_text(const struct sought *s);

/*
 * From the finding that the reason of a failed @rec names, for a splat with its title. False,
 * and nothing is set, when @rec did not fail.
 */
bool sought_learn(struct sought *s, const struct case_record *rec);

void sought_deinit(struct sought *s);

/*
 * What the judged @rec says of @s, which is known. *@why is one line of printable ASCII;
 * free() it.
 *
 * shown: it failed, and the finding is among its findings, whatever else is.
 * not shown: it passed, or it failed otherwise but came to its end, the guest was fine and
 * the kernel log empty. no boot: no guest came up. no answer: all else.
 */
enum outcome answer_of(const struct case_record *rec, const struct sought *s, char **why);

/* The tries of one run, which are the same case again. */
struct tries {
	size_t counts[OUTCOMES];
	char *why[OUTCOMES]; /* of the first of each; NULL: none */
	size_t guests;	     /* the highest number of a guest, or the records */
	size_t records;
};

/* Adds a try. When nothing is known to be sought, the first that fails says what is. */
enum outcome tries_add(struct tries *t, const struct case_record *rec, struct sought *s);

/* For run_options.over, which takes each record of a run: true once it is shown. */
struct trying {
	struct tries tries;
	struct sought *sought; /* borrowed; learned from the first that fails */
};

bool trying_over(void *trying, const struct case_record *rec);

/*
 * What they say together: shown when one was; not shown when half of them or more were to
 * their end without. *@why lasts as long as @t.
 */
enum outcome tries_outcome(const struct tries *t, const char **why);

void tries_deinit(struct tries *t);

#endif
