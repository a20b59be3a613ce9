/* SPDX-License-Identifier: GPL-2.0-only */
/* Which files a unified diff, to be applied with -p1, changes. Pure. */
#ifndef GUESTS_PATCH_H
#define GUESTS_PATCH_H

#include "base/err.h"

struct patch_file {
	char *path; /* relative to the source's folder, without ".." */
	bool created;
};

struct patch {
	struct patch_file *files;
	size_t n;
};

#define PATCH_INIT                                                                                 \
	{                                                                                          \
		NULL, 0                                                                            \
	}

/*
 * Adds the files of the diff @text to @out; ignores other text before and between its parts.
 * @name is for messages. ERR_USAGE: the diff changes nothing, changes files outside the folder,
 * or is cut off.
 */
struct err *patch_parse(const char *name, const char *text, struct patch *out) __must_check;
void patch_deinit(struct patch *p);
#define _cleanup_patch_ _cleanup_(patch_deinit)

#endif
