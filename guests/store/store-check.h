/* SPDX-License-Identifier: GPL-2.0-only */
/* Is all that is kept as it was made? Kernels, their symbols, images; templates are rig/'s. */
#ifndef GUESTS_STORE_CHECK_H
#define GUESTS_STORE_CHECK_H

#include "base/err.h"
#include "base/progress.h"

/* One thing, as it was found; lasts for the call. */
struct store_item {
	const char *kind;  /* "kernel", "symbols", "image" */
	const char *name;  /* "deb:6.1.0-56-amd64" */
	const char *wrong; /* NULL: it is as it was made */
	const char *mend;  /* with wrong: the command that mends it */
};

typedef void store_item_fn(void *arg, const struct store_item *item);

/* What makes the cache good: what is not there is made again. */
#define STORE_MEND_CACHE "'daxrig cache --clean' removes it, and a run makes it again"

/*
 * Looks at every file of the kernels and symbols in @data_dir and the images in @cache_dir,
 * and tells @fn of each. Kernels and symbols without digests get them, which @say is told.
 */
struct err *store_check(const char *data_dir, const char *cache_dir, const struct progress *say,
			store_item_fn *fn, void *arg) __must_check;

#endif
