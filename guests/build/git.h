/* SPDX-License-Identifier: GPL-2.0-only */
/* The program git. */
#ifndef GUESTS_GIT_H
#define GUESTS_GIT_H

#include "base/buf.h"
#include "base/err.h"

/*
 * Runs git in @tree; @args end with NULL. @out gets what it printed, warnings among it, up
 * to what run_program() keeps. What only looks leaves a user's tree as it was, its index, too.
 */
struct err *git(const char *tree, struct buf *out, const char *const args[]) __must_check;

#define GIT(tree, out, ...) git(tree, out, (const char *const[]){ __VA_ARGS__, NULL })

/* Length of the commit's name that @line begins with; 0: it does not, but is a warning. */
size_t git_id_len(const char *line);

/* The commit's name on the first line of @text that has one; NULL: none; free() it. */
char *git_first_id(const char *text);

/* The folder @path, which is in a git tree, as an absolute path. ERR_USAGE: it is not. */
struct err *git_tree(const char *path, char **out) __must_check;

/* The commit that @rev (NULL: HEAD) means; free() it. ERR_USAGE: none. */
struct err *git_resolve(const char *tree, const char *rev, char **out) __must_check;

/* Is the commit @of an ancestor of @id? False with an error in *@err, too. */
bool git_is_ancestor(const char *tree, const char *of, const char *id, struct err **err);

/* The @n parents of the commit @id; git_free_ids() them. */
struct err *git_parents(const char *tree, const char *id, char ***out, size_t *n) __must_check;
void git_free_ids(char **v, size_t n);

#endif
