/* SPDX-License-Identifier: GPL-2.0-only */
/* Which finding shows a planted bug: one that the good kernel does not have. Pure. */
#ifndef RIG_MUTANTS_H
#define RIG_MUTANTS_H

#include "guests/build/mutant.h"
#include "reports/record/verdict.h"

/* Findings of the kernel without a mutant: "CASE\nRULE\n" each, sorted never, few. */
struct clean_findings {
	char **v;
	size_t n;
	char **cases; /* that ran to a verdict, pass or fail */
	size_t nr_cases;
};

void clean_findings_add(struct clean_findings *c, const struct case_record *rec);
void clean_findings_deinit(struct clean_findings *c);

/* What a mutant's runs came to so far. */
struct mutant_result {
	size_t cases;	 /* that ran to a verdict */
	uint64_t ns;	 /* that the cases took, up to the one that caught it */
	char *caught_by; /* the rule; NULL: not caught */
	char *in_case;
	char *other; /* a rule that is not the mutant's own and fired; NULL: none */
};

/*
 * Counts @rec, a judged case on the mutant. True when that caught it: a finding by one of its
 * rules, in a case that the clean kernel ran to a verdict without that finding.
 */
bool mutant_result_add(struct mutant_result *r, const struct mutant *m,
		       const struct clean_findings *clean, const struct case_record *rec);
void mutant_result_deinit(struct mutant_result *r);

#endif
