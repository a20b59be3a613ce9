/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A mutant: a patch that puts a bug into a good kernel, guests/mutants/NAME.patch. Before the
 * diff it has these fields, each on a line that may be continued on lines with a leading blank:
 *
 *	What: what is broken
 *	Rule: RULE, RULE	the rules that may show it (base/rule.h), the best one
 *				first; "*": any rule
 *	Sources: 7.2, 7.3	the series of linux-source it applies to
 *	Cases: GLOB GLOB	cases that show it fast
 *	---
 */
#ifndef GUESTS_MUTANT_H
#define GUESTS_MUTANT_H

#include "base/err.h"

#define MUTANT_WORDS_MAX 16
#define MUTANT_ANY_RULE "*"

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
 * one of the four fields is missing, or there is an unknown one. Pure.
 */
struct err *mutant_parse(const char *path, const char *text, struct mutant *out) __must_check;
void mutant_deinit(struct mutant *m);

bool mutant_words_have(const struct mutant_words *words, const char *word);

#endif
