/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel store holds (kernel.h), without asking the Debian archive. */
#ifndef GUESTS_KERNEL_LIST_H
#define GUESTS_KERNEL_LIST_H

#include <time.h>

#include "base/err.h"
#include "guests/store/kernel.h"

struct kernel_entry {
	char *key;	/* its folder's name */
	char *spec;	/* what names it for good: "deb:6.1.0-56-amd64", "store:KEY" */
	char *origin;	/* what was said to get it */
	char *release;	/* NULL: damaged */
	char *version;	/* of the package; NULL for a file */
	uint64_t bytes; /* on the disk, symbols included */
	bool symbols;	/* beside it (kernel-symbols.h) */
	time_t fetched; /* by the clock on the wall; 0: not known */
};

struct kernel_entries {
	struct kernel_entry *v;
	size_t n;
};

/* Lists the store of @data_dir, the newest release first; deinit *@out. */
struct err *kernel_list(const char *data_dir, struct kernel_entries *out) __must_check;
void kernel_entries_deinit(struct kernel_entries *list);

/* NULL if @list has no kernel of that key. */
const struct kernel_entry *kernel_entries_find(const struct kernel_entries *list, const char *key);

/*
 * The key of the one kernel in the store that @word, a SPEC or a key, means; free() it.
 * ERR_USAGE when it is none, or with @strict one of several.
 */
struct err *kernel_list_key(const char *data_dir, const char *word, bool strict, char **key)
	__must_check;

/* Removes that kernel and its symbols. ERR_USAGE when a running daxrig uses it. */
struct err *kernel_remove(const char *data_dir, const char *key) __must_check;

/*
 * The kernel that @word, as above or a file: SPEC, names, from what is on this machine. Its
 * config is not judged. kernel_free() it.
 */
struct err *kernel_find(const char *data_dir, const char *word, struct kernel **out) __must_check;

/* A folder that kernels were built in (source.h), which makes the next build short. */
struct build_entry {
	char *spec; /* "build:src-7.2.13-1", for kernel_remove_build() */
	uint64_t bytes;
};

/* Lists them; free() *@out and the specs in it. */
struct err *kernel_list_builds(const char *data_dir, struct build_entry **out, size_t *n)
	__must_check;

/* Removes the one that @spec names. ERR_USAGE: there is none, or a daxrig builds there. */
struct err *kernel_remove_build(const char *data_dir, const char *spec) __must_check;

#endif
