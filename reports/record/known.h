/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The known findings and how they are recognised: a list, a text with one row on each line,
 * or the findings themselves (reports/record/finding.h), from which the list is made.
 * "#" begins a comment.
 *
 *   NAME KERNELS RULES CASES FOUND
 *   finding NAME SEVERITY TITLE
 *
 * NAME is the scenario that shows only this finding. KERNELS are releases or their
 * beginnings, "6.1,7.2.13"; each of RULES and CASES is a glob, and so is FOUND, the rest of
 * the line. FOUND must match the whole found text with the lines of its detail, so that a
 * row can require a function of the stack. The first row that matches decides.
 *
 * A line that begins with "finding" says how severe the finding NAME is, 1 to 4, and what
 * it is, in a few words; a list may lack it. Pure, but for known_read().
 */
#ifndef REPORTS_KNOWN_H
#define REPORTS_KNOWN_H

#include "base/err.h"
#include "reports/record/verdict.h"

struct known_row {
	char *name, *kernels, *rules, *cases, *found;
};

enum severity {
	SEVERITY_UNSET,
	SEVERITY_ACCESS,  /* another's data or freed memory is reached */
	SEVERITY_LOSS,	  /* data is lost or old bytes stay */
	SEVERITY_HANG,	  /* something hangs beyond a kill, or the kernel stops */
	SEVERITY_WARNING, /* a warning, or a wait too long or too short */
	SEVERITIES
};

/* "access", ... and what that means; "" for SEVERITY_UNSET. */
const char *severity_word(enum severity s);
const char *severity_text(enum severity s);

/* What is known of a name beside its rows. Printable ASCII; NULL where it was not given. */
struct known_finding {
	char *name, *title;
	enum severity severity;
	/* A list has none of these. */
	char *live;	/* the kernels in which it was seen, as in a row */
	char *fixed;	/* the first kernel without it, and the commit */
	char *fs;	/* the filesystems, separated by blanks */
	char *scenario; /* what shows it, separated by blanks: scenarios first, then globs of cases */
	char *tries;	/* how often of how many */
	char *after;	/* names whose rows come before its own */
	char *unprivileged; /* how a user without privilege was seen to do it; NULL: none was */
	char *prose;	    /* Markdown; ends in a newline */
};

struct known {
	struct known_row *v;
	size_t n;
	struct known_finding *findings;
	size_t nr_findings;
};

#define KNOWN_TEXT_MAX (1u << 20) /* bytes of a list, or of all findings of a folder */
#define KNOWN_ROWS_MAX 10000
#define KNOWN_FINDINGS_MAX 1000

/*
 * Parses @len bytes at @text; messages name the file @path. ERR_USAGE, with the line number,
 * for an incomplete row or an unknown rule. The caller calls known_deinit() on the result.
 */
struct err *known_parse(const char *path, const char *text, size_t len, struct known *out)
	__must_check;

/*
 * Reads the list @path, or the findings of the folder @path: each file but those whose names
 * begin with "." or end in ".md". The caller calls known_deinit() on the result.
 */
struct err *known_read(const char *path, struct known *out) __must_check;

/*
 * If every finding of @c matches a row for @release: the index of the first row that has the
 * name of the row that its first finding matches. Else k->n, and *@unknown is the index of
 * the first finding that matches no row, c->finding_count when @c has no finding.
 */
size_t known_of(const struct known *k, const char *release, const struct case_record *c,
		size_t *unknown);

/* What is known of the finding @name, or NULL. */
const struct known_finding *known_finding(const struct known *k, const char *name);

/* The finding that the case @name, "xfs/SCENARIO/...", is there to show, or NULL. */
const struct known_finding *known_shown_by(const struct known *k, const char *name);

/* What to do with @f, which may be NULL, before it is told in public; "": nothing. free() it. */
char *known_warning(const struct known_finding *f);

/* Sets the known name of every finding of @c; one that matches no row gets none. */
void known_mark(const struct known *k, const char *release, struct case_record *c);

void known_deinit(struct known *k);

#endif
