/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Decides which finding shows a planted bug: one that the good kernel does not have. The good
 * kernel, the "clean" one, runs several times. A case whose outcome is not the same each time is
 * left out; a rule that fails in a case of it is masked in that case. Pure.
 */
#ifndef RIG_MUTANTS_JUDGE_H
#define RIG_MUTANTS_JUDGE_H

#include "guests/build/mutant.h"
#include "reports/record/verdict.h"

#define CLEAN_RUNS_MAX 20u

/*
 * What one case came to: its findings, each "RULE HASH", sorted, each once. The hash is of what was
 * found, with "N" for the numbers; of a report of the kernel it is of the signature.
 */
struct outcome {
	bool decided; /* it passed or failed */
	char **findings;
	size_t n;
};

struct clean_case {
	char *name;
	struct outcome runs[CLEAN_RUNS_MAX];
};

/* What the clean kernel did; zero it at first. */
struct clean {
	struct clean_case *v;
	size_t n;
	unsigned int runs;
};

/* Begins another run of the clean kernel; there may be CLEAN_RUNS_MAX. */
void clean_begin(struct clean *c);

/* The case @name, added if it is new. */
struct clean_case *clean_case_of(struct clean *c, const char *name);

/* Adds a judged case of the run that began last. */
void clean_add(struct clean *c, const struct case_record *rec);
void clean_deinit(struct clean *c);

/*
 * Whether the case @name of the clean kernel came to another outcome in @rec than in all runs so
 * far, which is then that of the last run: the case is left out from now on.
 */
bool clean_varies(struct clean *c, const char *name, const struct case_record *rec);

struct clean_counts {
	size_t cases;  /* that were decided in a run */
	size_t steady; /* with the same outcome in each: only these catch something */
	size_t masked; /* rules of steady cases */
	/*
	 * How often a run of the clean kernel would have caught itself, had it been that of a
	 * mutant: a case failed by a rule that is not masked by the other runs.
	 */
	size_t false_catches;
};

void clean_count(const struct clean *c, struct clean_counts *out);

/* Appends a line for each case that is left out, "# varies CASE", or has rules masked. */
void clean_tell(const struct clean *c, struct buf *out);

/*
 * The clean runs as text, so that a later process need not run them again. clean_parse() takes
 * only such text: ERR_USAGE, with the number of the line, for any other. clean_deinit() *@out.
 */
void clean_format(const struct clean *c, struct buf *out);
struct err *clean_parse(const char *text, struct clean *out) __must_check;

/* The result of a mutant's run so far. */
struct mutant_result {
	size_t cases;	 /* number of cases that passed or failed */
	size_t errors;	 /* number of cases that say nothing of the kernel */
	uint64_t ns;	 /* duration of the cases, up to the one that caught the mutant */
	char *caught_by; /* the rule; NULL: not caught */
	char *in_case;
	char *other;  /* a rule that failed but that the mutant does not name; NULL: none */
	char *masked; /* "RULE in CASE": a masked rule that failed in another way; NULL: none */
};

/*
 * Adds @rec, a judged case on the mutant. Returns true when @rec caught the mutant: a steady case
 * of the clean kernel failed by one of the mutant's rules, which is not masked in it.
 */
bool mutant_result_add(struct mutant_result *r, const struct mutant *m, const struct clean *clean,
		       const struct case_record *rec);
void mutant_result_deinit(struct mutant_result *r);

#endif
