/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernel source to build from, from Debian or from the user's git tree. It is in a folder of
 * its own, which is kept for the next build:
 *
 *	DATA/build/src-7.2.13-1/src/	the source
 *		orig/, touched		originals and list of patched files, to restore them
 *		obj-PROFILE/		objects
 *
 * daxrig never writes to a user's tree: it checks its commits out into a clone that shares
 * the tree's git objects.
 */
#ifndef GUESTS_SOURCE_H
#define GUESTS_SOURCE_H

#include "base/err.h"
#include "base/progress.h"
#include "guests/store/kernel-spec.h"

struct source {
	char *name;  /* one word, unique for each source: "src-7.2.13-1" */
	char *title; /* for people: "linux-source-7.2 7.2.13-1", "commit 1a2b3c4d5e6f of /l" */
	char *dir;   /* the folder, absolute */
	char *package, *version; /* of Debian; NULL for a tree */
	char *tree, *commit;	 /* absolute path, and all 40 characters; NULL for a package */
	int lock;		 /* -1 until source_prepare() */
};

/*
 * Finds the source that @spec, of a kernel to build, names now. Asks apt or git, unpacks
 * nothing. source_deinit() *@out, in any case. ERR_USAGE: there is no such source.
 */
struct err *source_find(const char *data_dir, const struct kernel_spec *spec,
			const struct progress *say, struct source *out) __must_check;

/*
 * Makes DIR/src contain exactly this source, without any patch. Waits for another daxrig that
 * builds there, and holds the lock until source_deinit().
 */
struct err *source_prepare(const char *data_dir, struct source *s, const struct progress *say)
	__must_check;

/*
 * Applies the diff @text of the file @patch. ERR_USAGE: it does not apply; the source may then
 * have a part of it until the next source_prepare().
 */
struct err *source_patch(struct source *s, const char *patch, const char *text) __must_check;

/* Undoes all source_patch() calls, of this or an earlier process. */
struct err *source_unpatch(const struct source *s) __must_check;

void source_deinit(struct source *s);

#endif
