/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernel source to build from, Debian's or a git tree of the user's. It lies in a folder of
 * its own, which stays for the next build:
 *
 *	DATA/build/src-7.2.13-1/src/	the source
 *		orig/, touched		what patches changed in it, to take them back
 *		obj-PROFILE/		objects
 *
 * A user's tree is never written to: its commits are checked out into a clone that shares
 * their objects.
 */
#ifndef GUESTS_SOURCE_H
#define GUESTS_SOURCE_H

#include "base/err.h"
#include "base/progress.h"
#include "guests/store/kernel-spec.h"

struct source {
	char *name;  /* one word, differs between different sources: "src-7.2.13-1" */
	char *title; /* for people: "linux-source-7.2 7.2.13-1", "commit 1a2b3c4d5e6f of /l" */
	char *dir;   /* the folder, absolute */
	char *package, *version; /* Debian's; NULL for a tree */
	char *tree, *commit; /* the user's, absolute, and all 40 characters; NULL for Debian's */
	int lock;	     /* -1 until source_prepare() */
};

/*
 * What @spec, one that is built, means now. Asks apt or git, unpacks nothing.
 * source_deinit() *@out, in any case. ERR_USAGE: there is no such source.
 */
struct err *source_find(const char *data_dir, const struct kernel_spec *spec,
			const struct progress *say, struct source *out) __must_check;

/*
 * Makes DIR/src hold just this source, without any patch. Waits for another daxrig that
 * builds there, and keeps others out until source_deinit().
 */
struct err *source_prepare(const char *data_dir, struct source *s, const struct progress *say)
	__must_check;

/*
 * Applies the diff in the file @patch, @text. ERR_USAGE: it does not apply, then the source
 * may have it in part until the next source_prepare().
 */
struct err *source_patch(struct source *s, const char *patch, const char *text) __must_check;

/* Takes back what source_patch() did, in this or an earlier process. */
struct err *source_unpatch(const struct source *s) __must_check;

void source_deinit(struct source *s);

#endif
