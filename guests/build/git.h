/* SPDX-License-Identifier: GPL-2.0-only */
/* Calls of the program git. */
#ifndef GUESTS_GIT_H
#define GUESTS_GIT_H

#include "base/buf.h"
#include "base/err.h"

/*
 * Runs git in @tree; @args end with NULL. Adds git's output, with warnings, to @out, up to the
 * limit of run_program(). A command that only reads does not change even the tree's index.
 */
struct err *git(const char *tree, struct buf *out, const char *const args[]) __must_check;

#define GIT(tree, out, ...) git(tree, out, (const char *const[]){ __VA_ARGS__, NULL })

/* The length of the commit id at the start of @line; 0: there is none, as in a warning. */
size_t git_id_len(const char *line);

/* The commit id on the first line of @text that begins with one; NULL: none; free() it. */
char *git_first_id(const char *text);

/* The folder @path as an absolute path; free() it. ERR_USAGE: it is not in a git tree. */
struct err *git_tree(const char *path, char **out) __must_check;

/* The id of the commit @rev (NULL: HEAD); free() it. ERR_USAGE: there is no such commit. */
struct err *git_resolve(const char *tree, const char *rev, char **out) __must_check;

/* Is the commit @of an ancestor of @id? After a failure sets *@err and returns false. */
bool git_is_ancestor(const char *tree, const char *of, const char *id, struct err **err);

/* The @n parents of the commit @id; git_free_ids() them. */
struct err *git_parents(const char *tree, const char *id, char ***out, size_t *n) __must_check;
void git_free_ids(char **v, size_t n);

#endif
