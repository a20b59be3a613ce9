/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads KTAP (and TAP): what a selftest of the kernel prints, whatever else is printed between.
 * Nothing of it is trusted. Pure.
 */
#ifndef BASE_KTAP_H
#define BASE_KTAP_H

#include "base/buf.h"
#include "base/rule.h"

#define KTAP_RESULTS_MAX 5000u /* further ones are only counted */
#define KTAP_LINE_MAX 400u     /* bytes of a line that count; the rest is dropped */
#define KTAP_NOTES_MAX 12u     /* lines before a result that are kept */

/* A result at the left margin. Strings are printable ASCII, on one line. */
struct ktap_result {
	unsigned int number; /* 0: it gives none, or one above 1000000 */
	/* by its directive: SKIP is skip, an expected failure ok, ERROR and TIMEOUT are error */
	enum step_status status;
	char *name; /* without its number and directive; "test" if there is nothing else */
	/*
	 * The directive with what comes after it, "SKIP no hugetlb", on a line; of a fail or an error
	 * also the lines before the result.
	 */
	char *notes;
};

struct ktap {
	struct ktap_result *v;
	size_t n, dropped; /* kept, and beyond KTAP_RESULTS_MAX */
	size_t by_status[STEP_ERROR + 1];
	bool has_plan, plans_differ;
	unsigned int planned;
	char *bail;		/* "Bail out! ...", the first; NULL: none */
	bool torn;		/* the output ended within a result */
	struct buf line, notes; /* of what was fed last */
	unsigned int nr_notes;
};

/* Reads the next piece of the output, of any size; a piece need not end with a line. */
void ktap_feed(struct ktap *k, const void *data, size_t len);
/* The output is over. */
void ktap_end(struct ktap *k);
void ktap_deinit(struct ktap *k);

/*
 * Whether results are missing or contradict each other; then @why says it. Only a plan tells
 * how many there must be. After ktap_end().
 */
bool ktap_lacks(const struct ktap *k, struct buf *why);

/* The first result of that status; NULL: there is none. */
const struct ktap_result *ktap_first(const struct ktap *k, enum step_status status);

#endif
