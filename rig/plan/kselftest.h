/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which of the kernel's own selftests daxrig runs: the list rig/plans/kselftest.list, and the
 * choice from it. Pure. A line of the list is one of
 *
 *   NAME [KEY=VALUE ...] [= WORD ...]   runs; keys and words as in a plan's line about a program
 *   NAME - REASON                       does not, but for those who ask for it by name
 *
 * NAME is the path of a program below tools/testing/selftests, "mm/cow". "#" begins a comment.
 */
#ifndef RIG_KSELFTEST_H
#define RIG_KSELFTEST_H

#include "base/err.h"
#include "base/progress.h"

#define KSELFTEST_NAME_MAX 100u
#define KSELFTEST_LINES_MAX 1000u

struct kselftest_entry {
	char *name;
	char *keys;   /* "time=600 ", "" */
	char *words;  /* " 20 16", "" */
	char *reason; /* why it does not run; NULL: it does */
};

struct kselftest_list {
	struct kselftest_entry *v;
	size_t n;
};

/* ERR_USAGE, with the line, for what is no line of a list. Deinit @out after success only. */
struct err *kselftest_list_parse(const char *path, const char *text, size_t len,
				 struct kselftest_list *out) __must_check;
void kselftest_list_deinit(struct kselftest_list *list);

/* Whether @name can be that of a selftest: a relative path of letters, digits, "-", "_" and ".". */
bool kselftest_name_is(const char *name);

/* The source of a kernel. */
struct kselftest_source {
	const char *title;			  /* for people */
	bool (*has)(void *arg, const char *name); /* whether it has that program */
	void *arg;
};

/*
 * Adds to @out, an empty list, what @targets (none: all) mean: a program, or a folder with those
 * of its programs that run. Reports to @say which of these @source lacks. ERR_USAGE: a target
 * means nothing there.
 */
struct err *kselftest_choose(const struct kselftest_list *list, char *const *targets, int n,
			     const struct kselftest_source *source, const struct progress *say,
			     struct kselftest_list *out) __must_check;

#endif
