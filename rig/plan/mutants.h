/* SPDX-License-Identifier: GPL-2.0-only */
/* Decides which finding shows a planted bug: one that the good kernel does not have. Pure. */
#ifndef RIG_MUTANTS_H
#define RIG_MUTANTS_H

#include "guests/build/mutant.h"
#include "reports/record/verdict.h"

/* Findings of the kernel without a mutant: "CASE\nRULE\n" each, few, unsorted. */
struct clean_findings {
	char **v;
	size_t n;
	char **cases; /* names of cases that passed or failed */
	size_t nr_cases;
};

void clean_findings_add(struct clean_findings *c, const struct case_record *rec);
void clean_findings_deinit(struct clean_findings *c);

/* The result of a mutant's runs so far. */
struct mutant_result {
	size_t cases;	 /* number of cases that passed or failed */
	uint64_t ns;	 /* duration of the cases, up to the one that caught the mutant */
	char *caught_by; /* the rule; NULL: not caught */
	char *in_case;
	char *other; /* a rule that failed but that the mutant does not name; NULL: none */
};

/*
 * Adds @rec, a judged case on the mutant. Returns true when @rec caught the mutant: it has a
 * finding by one of the mutant's rules, and the clean kernel passed or failed the same case
 * without that finding.
 */
bool mutant_result_add(struct mutant_result *r, const struct mutant *m,
		       const struct clean_findings *clean, const struct case_record *rec);
void mutant_result_deinit(struct mutant_result *r);

#endif
