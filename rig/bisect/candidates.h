/* SPDX-License-Identifier: GPL-2.0-only */
/* The list of kernels that a bisection searches: packages, commits, or configurations. */
#ifndef RIG_BISECT_CANDIDATES_H
#define RIG_BISECT_CANDIDATES_H

#include "base/buf.h"
#include "base/err.h"
#include "base/progress.h"
#include "guests/store/kernel-spec.h"

struct candidate {
	char *spec;  /* for kernel_get() */
	char *label; /* for people: the package's version, or the commit's subject */
};

/* Zero it before use; candidates_deinit() it. */
struct candidates {
	struct candidate *v; /* v[0] is the good end, v[n - 1] the bad one */
	size_t n;
	bool fixed;	  /* the good end is the newer one: search for a fix */
	const char *unit; /* "version", "commit" or "option"; static */

	/* only for a git tree; NULL for others */
	char *tree;   /* absolute path */
	char *extras; /* the part of a spec after its revision: "+kasan", "" */
	char *note;   /* a note for the user; NULL: none */
};

void candidates_deinit(struct candidates *h);

/* Adds a candidate; copies both strings. */
void candidates_add(struct candidates *h, const char *spec, const char *label);

/* Reverses the list; changes nothing else. */
void candidates_turn(struct candidates *h);

/*
 * Returns the place in v of the change that makes @c (1 to n - 1) the culprit. Of c and c - 1,
 * the other place is the version before the change.
 */
static inline size_t candidates_change(const struct candidates *h, size_t c)
{
	return h->fixed ? c - 1 : c;
}

/*
 * Fills the history from @good to @bad, both included; either may be the newer one. Queries
 * the archive or git. ERR_USAGE when no history connects them.
 */
struct err *candidates_between(const char *data_dir, const char *good, const char *bad,
			       const struct progress *say, struct candidates *out) __must_check;

/* A packaged kernel, in the store or in the archive. */
struct build {
	char *package; /* "linux-image-6.1.0-56-amd64" */
	char *version; /* "6.1.192-2" */
};

/*
 * Fills the history with those of the @n @builds that are between the packages @good and
 * @bad. @builds may be in any order and have duplicates. Pure.
 */
struct err *candidates_of_builds(const struct build *builds, size_t n, const char *good,
				 const char *bad, struct candidates *out) __must_check;

/* Fills the history with commits of one tree; @good and @bad are KERNEL_SPEC_TREE. */
struct err *candidates_of_tree(const struct kernel_spec *good, const struct kernel_spec *bad,
			       struct candidates *out) __must_check;

/*
 * For two specs of one source with different fragments: each candidate changes one more option.
 * Writes fragments below @data_dir.
 */
struct err *candidates_of_config(const char *data_dir, const struct kernel_spec *good,
				 const struct kernel_spec *bad, struct candidates *out)
	__must_check;

/*
 * When the change @at (a place in @h) is a merge of two parents, sets @out to the commits of
 * its other side, to bisect next. Else @out is empty, with a note if it is another merge.
 */
struct err *candidates_inside(const struct candidates *h, size_t at, struct candidates *out)
	__must_check;

/* Describes the commit at @at: "commit ID", author, date, subject, indented; free() *@out. */
struct err *candidates_describe(const struct candidates *h, size_t at, char **out) __must_check;

#endif
