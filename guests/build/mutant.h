/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A mutant: a patch that puts a bug into a good kernel, guests/mutants/NAME.patch. In front
 * of the diff it says, each on a line of its own that may go on behind a blank,
 *
 *	What: what is broken
 *	Rule: RULE, RULE	any of which shows it (verdict.h), the most telling first
 *	Sources: 7.2, 7.3	the series of linux-source it applies to
 *	Cases: GLOB GLOB	cases that show it fast
 *	---
 */
#ifndef GUESTS_MUTANT_H
#define GUESTS_MUTANT_H

#include "base/err.h"

#define MUTANT_WORDS_MAX 16

struct mutant_words {
	char *v[MUTANT_WORDS_MAX];
	size_t n;
};

struct mutant {
	char *name; /* "wait-left-out" */
	char *path; /* of the patch */
	char *what; /* on one line */
	struct mutant_words rules, sources, cases;
};

/*
 * Reads the header of @text, the patch @path. mutant_deinit() *@out, in any case. ERR_USAGE:
 * one of the four is missing, or something else stands there. Pure.
 */
struct err *mutant_parse(const char *path, const char *text, struct mutant *out) __must_check;
void mutant_deinit(struct mutant *m);

bool mutant_words_have(const struct mutant_words *words, const char *word);

#endif
