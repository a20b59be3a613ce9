/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes mutants by machine: DATA/mutants/FOLDER/NAME.patch. */
#ifndef GUESTS_GENERATE_H
#define GUESTS_GENERATE_H

#include "base/err.h"
#include "base/progress.h"

/* The kernel that mutants are made of. */
struct mutation_base {
	const char *spec;   /* "src:7.2+fast" */
	const char *series; /* "7.2", for their headers */
	const char *folder; /* of the patches, below DATA/mutants: "7.2-fast" */
};

struct mutation_scope {
	const char *const
		*places; /* files, or folders whose own files count: "fs/dax.c", "fs/xfs" */
	size_t nr_places;
	bool (*wanted)(void *arg, const char *file, const char *function);
	void *arg;
};

struct generated {
	char *path;	/* of the patch */
	char *function; /* that it changes: "fs/dax.c:dax_layout_busy_page" */
	char *shown;	/* the changed line before and after, two lines: mutation_show() */
};

struct generated_list {
	struct generated *v;
	size_t n;
	size_t nr_same, nr_broken, nr_absent; /* drawn and dropped: see sieve.h */
	size_t nr_all;			      /* mutations that there are */
};

/*
 * Draws @n mutants of @scope by @seed, and writes those that it did not write before. The same
 * source, compiler, scope, @n and @seed give the same list; a larger @n adds to its end. It is
 * shorter if there are no more. The first time it builds the kernel without a mutant.
 * generated_list_deinit() *@out, in any case.
 */
struct err *mutants_generate(const char *data_dir, const struct mutation_base *base,
			     const struct mutation_scope *scope, size_t n, uint64_t seed,
			     const struct progress *say, struct generated_list *out) __must_check;
void generated_list_deinit(struct generated_list *l);

#endif
