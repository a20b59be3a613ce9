/* SPDX-License-Identifier: GPL-2.0-only */
/* Compiled regular expressions; the owner of pcre2. Patterns match bytes, not UTF-8. */
#ifndef REPORTS_REGEX_H
#define REPORTS_REGEX_H

#include "base/util.h"

struct regex;

/* One match; offsets into the subject that was matched. */
struct regex_group {
	bool set;
	size_t start, len;
};

/*
 * Compiles @pattern, a constant of the program: a bad one ends the program with a
 * message. Never NULL; free it with regex_destroy().
 */
struct regex *regex_create(const char *pattern);

/* NULL is fine. */
void regex_destroy(struct regex *re);

/*
 * Whether @len bytes at @s match the pattern anywhere. A subject that takes too long to
 * match counts as no match.
 */
bool regex_match(struct regex *re, const char *s, size_t len);

/*
 * The group @name of the last successful match; if several alternatives have one, the first
 * that is set. Not set when there is none.
 */
struct regex_group regex_group(const struct regex *re, const char *name);

/*
 * A copy of the group @name of the last match in @s, free() it; NULL when it is not
 * set. At most @max bytes, escaped as by buf_add_escaped().
 */
char *regex_group_str(const struct regex *re, const char *s, const char *name, size_t max);

/*
 * @s with every match replaced by @by, in which "$1" is the first group; free() it. A match
 * that takes too long, as in regex_match(), leaves all as it is.
 */
char *regex_replace(struct regex *re, const char *s, const char *by);

/* The version of pcre2, static. */
const char *regex_version(void);

#endif
