/* SPDX-License-Identifier: GPL-2.0-only */
/* Checks that stored kernels, symbols and images are unchanged. Templates are up to rig/. */
#ifndef GUESTS_STORE_CHECK_H
#define GUESTS_STORE_CHECK_H

#include "base/err.h"
#include "base/progress.h"

/* The result for one item; valid during the call. */
struct store_item {
	const char *kind;  /* "kernel", "symbols", "image" */
	const char *name;  /* "deb:6.1.0-56-amd64" */
	const char *wrong; /* what is wrong; NULL: it is unchanged */
	const char *mend;  /* if wrong is set: the command that repairs it */
};

typedef void store_item_fn(void *arg, const struct store_item *item);

/* The command that repairs the cache: a run makes missing files again. */
#define STORE_MEND_CACHE "'daxrig cache --clean' removes it, and a run makes it again"

/*
 * Checks every file of the kernels and symbols in @data_dir and the images in @cache_dir, and
 * calls @fn for each item. Kernels and symbols without digests get them; @say reports that.
 */
struct err *store_check(const char *data_dir, const char *cache_dir, const struct progress *say,
			store_item_fn *fn, void *arg) __must_check;

#endif
