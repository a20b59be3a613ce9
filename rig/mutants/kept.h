/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What earlier runs of the mutants found out, so that an interrupted 'mutants' goes on where it
 * was: DATA/mutants/results/KEY/, with "clean" (clean_format()), "reach", and a file NAME for each mutant
 * that came to a verdict. KEY is of all that decides a verdict besides the mutant itself: another
 * kernel, plan, text of a case, agent or daxrig makes another folder.
 */
#ifndef RIG_MUTANTS_KEPT_H
#define RIG_MUTANTS_KEPT_H

#include "host/paths.h"
#include "mutants/judge.h"

struct kept {
	char *dir;
	int lock; /* no two processes run the mutants of one key */
};

/*
 * Opens the folder for @plan on the clean kernel @kernel, its key in the store; makes it if it is
 * missing. kept_close() *@out, in any case. ERR_USAGE: another process has it open.
 */
struct err *kept_open(const struct paths *p, const char *kernel, const char *plan, struct kept *out)
	__must_check;
void kept_close(struct kept *k);

/* Reads the clean runs; none if there are none, or if their file is damaged. */
void kept_read_clean(const struct kept *k, struct clean *out);
struct err *kept_write_clean(const struct kept *k, const struct clean *c) __must_check;

/*
 * The folder of the run that shows which cases enter which functions: NULL if there is none, or
 * if it was removed; free() it.
 */
char *kept_read_reach(const struct kept *k);
struct err *kept_write_reach(const struct kept *k, const char *folder) __must_check;

/* How a mutant's run ended, one line each, for people. */
struct verdict_lines {
	bool caught;
	char *rule, *in_case, *after;
};

/*
 * Reads the verdict on the mutant @name, whose patch is @text; false if there is none. It is not
 * that of a run against fewer clean runs than @clean. verdict_lines_deinit() *@out, in any case.
 */
bool kept_read(const struct kept *k, const char *name, const char *text, unsigned int clean,
	       struct verdict_lines *out);
struct err *kept_write(const struct kept *k, const char *name, const char *text, unsigned int clean,
		       const struct verdict_lines *v) __must_check;
void verdict_lines_deinit(struct verdict_lines *v);

#endif
