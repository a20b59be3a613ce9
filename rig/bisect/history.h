/* SPDX-License-Identifier: GPL-2.0-only */
/* Between which kernels a bisection looks: packages, commits, or configurations. */
#ifndef RIG_BISECT_HISTORY_H
#define RIG_BISECT_HISTORY_H

#include "base/buf.h"
#include "base/err.h"
#include "base/progress.h"
#include "guests/store/kernel-spec.h"

struct candidate {
	char *spec;  /* for kernel_get() */
	char *label; /* for people: version of the package; subject of the commit */
};

/* Zeroed is fine to begin with; history_deinit() it. */
struct history {
	struct candidate *v; /* v[0] is the good end, v[n - 1] the bad one */
	size_t n;
	bool fixed;	  /* the good end is the newer one: what is sought is a fix */
	const char *unit; /* "version", "commit" or "option"; static */

	/* of a git tree; NULL: packages */
	char *tree;   /* absolute */
	char *extras; /* what is behind a revision in a spec: "+kasan", "" */
	char *note;   /* what one should know of it; NULL: nothing */
};

void history_deinit(struct history *h);

/* Adds a copy. */
void history_add(struct history *h, const char *spec, const char *label);

/* Turns the list round; what else it says stays. */
void history_turn(struct history *h);

/*
 * Where the change that makes culprit @c (1 to n - 1) is: at this place of v; at the other
 * of c and c - 1 is what was before it.
 */
static inline size_t history_change(const struct history *h, size_t c)
{
	return h->fixed ? c - 1 : c;
}

/*
 * All from @good to @bad, both ends included, @bad first or last in time. Asks the archive,
 * or git. ERR_USAGE in words when there is no way from one to the other.
 */
struct err *history_between(const char *data_dir, const char *good, const char *bad,
			    const struct progress *say, struct history *out) __must_check;

/* A packaged kernel that is stored or could be. */
struct build {
	char *package; /* "linux-image-6.1.0-56-amd64" */
	char *version; /* "6.1.192-2" */
};

/*
 * From the @n @builds, in any order and some of them twice, those between the packages
 * @good and @bad. Pure.
 */
struct err *history_of_builds(const struct build *builds, size_t n, const char *good,
			      const char *bad, struct history *out) __must_check;

/* Commits of the tree: @good and @bad are KERNEL_SPEC_TREE. */
struct err *history_of_tree(const struct kernel_spec *good, const struct kernel_spec *bad,
			    struct history *out) __must_check;

/*
 * Two specs of one source with different fragments: each candidate changes one option more.
 * Fragments are kept below @data_dir.
 */
struct err *history_of_config(const char *data_dir, const struct kernel_spec *good,
			      const struct kernel_spec *bad, struct history *out) __must_check;

/*
 * When the change @at (a place in @h) is a merge of two: the commits of its other side, to
 * go on with. Else @out is empty, with a note if it is a merge all the same.
 */
struct err *history_inside(const struct history *h, size_t at, struct history *out) __must_check;

/* The whole commit at @at, "commit ID", author, date, subject, indented; free() it. */
struct err *history_describe(const struct history *h, size_t at, char **out) __must_check;

#endif
