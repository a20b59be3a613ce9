/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which functions of the kernel coverage is about. A scope is text, lines of
 *
 *	FILE: GLOB GLOB ...
 *
 * where FILE is the source file, from the top of the tree, that the functions are shown under.
 * A function belongs to the first line that has a glob which matches its name, without the
 * compiler's suffix. '#' begins a comment.
 */
#ifndef REPORTS_SCOPE_H
#define REPORTS_SCOPE_H

#include "base/err.h"

struct scope {
	struct scope_line {
		char *file;
		char **globs;
		size_t nr_globs;
	} * lines;
	size_t nr_lines;
};

/* ERR_USAGE, with the line's number, when @text is no scope; scope_deinit() @out either way. */
struct err *scope_parse(const char *text, struct scope *out) __must_check;

/* The same of the file @path, which the message names. */
struct err *scope_read(const char *path, struct scope *out) __must_check;

/* The scope of one @glob, which is shown under no file but "". */
void scope_of_glob(const char *glob, struct scope *out);

void scope_deinit(struct scope *s);

/* The number of the line for the function @name; -1: it is not in the scope. */
int scope_find(const struct scope *s, const char *name);

#endif
