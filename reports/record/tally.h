/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The failures of a run, grouped by finding: what is new, and what is known. A function of
 * the records alone, in which known_mark() set the names. Pure.
 */
#ifndef REPORTS_TALLY_H
#define REPORTS_TALLY_H

#include "base/buf.h"
#include "reports/record/known.h"

/* Strings are the cases' own, untrusted bytes. */
struct tally_group {
	const char *known;		 /* name of the known finding; NULL: it is new */
	const struct case_record *first; /* the first case that shows it */
	const struct finding *finding;	 /* of that case; NULL: the record has none */
	char *found;			 /* of a new one: what was found, without numbers */
	enum severity severity;
	size_t cases;
	size_t order; /* in which they were first seen */
};

struct tally {
	struct tally_group *v; /* new ones first; of each the most severe first */
	size_t n, nr_new;
	size_t new_cases, known_cases, errors;
};

/* Whether @rec fails, and by anything that no list knows. */
bool case_is_new(const struct case_record *rec);

/* The most severe of its findings that no list knows, of equal ones the first; NULL: none. */
const struct finding *case_worst_new(const struct case_record *rec);

/* How severe it is to break the rule @name, any string, when nothing else is known. */
enum severity rule_severity(const char *name);

/*
 * Groups the failures of @n cases; @known, which may be NULL, has the severity of known
 * findings. The cases must outlive the result, on which the caller calls tally_deinit().
 */
void tally_cases(struct tally *t, const struct case_record *const *cases, size_t n,
		 const struct known *known);

/*
 * Appends what it comes to, in one line without a newline: "112 cases show 31 known findings of
 * 6.1, nothing new". @compared: there was a list of known findings.
 */
void tally_conclude(const struct tally *t, const char *release, bool compared, struct buf *out);

void tally_deinit(struct tally *t);

#endif
