/* SPDX-License-Identifier: GPL-2.0-only */
/* Lists and finds kernels in the store (kernel.h) without asking the Debian archive. */
#ifndef GUESTS_KERNEL_LIST_H
#define GUESTS_KERNEL_LIST_H

#include <time.h>

#include "base/err.h"
#include "guests/store/kernel.h"

struct kernel_entry {
	char *key;	/* its folder's name */
	char *spec;	/* its permanent name: "deb:6.1.0-56-amd64", "store:KEY" */
	char *origin;	/* the SPEC by which the user got it */
	char *release;	/* NULL: damaged */
	char *version;	/* of the package; NULL for a file */
	uint64_t bytes; /* on the disk, symbols included */
	bool symbols;	/* the store has them (kernel-symbols.h) */
	time_t fetched; /* CLOCK_REALTIME; 0: not known */
};

struct kernel_entries {
	struct kernel_entry *v;
	size_t n;
};

/* Lists the store of @data_dir, the newest release first; deinit *@out. */
struct err *kernel_list(const char *data_dir, struct kernel_entries *out) __must_check;
void kernel_entries_deinit(struct kernel_entries *list);

/* The kernel with the key @key; NULL if @list has none. */
const struct kernel_entry *kernel_entries_find(const struct kernel_entries *list, const char *key);

/*
 * The key of the kernel in the store that @word, a SPEC or a key, means; free() it.
 * ERR_USAGE: there is none, or, with @strict, there are several.
 */
struct err *kernel_list_key(const char *data_dir, const char *word, bool strict, char **key)
	__must_check;

/* Removes the kernel @key and its symbols. ERR_USAGE: a running daxrig uses it. */
struct err *kernel_remove(const char *data_dir, const char *key) __must_check;

/*
 * The kernel that @word (as above, or a file: SPEC) names, if it is on this machine. Does not
 * check its config. kernel_free() it.
 */
struct err *kernel_find(const char *data_dir, const char *word, struct kernel **out) __must_check;

/* A folder in which kernels were built (source.h), kept to make the next build short. */
struct build_entry {
	char *spec; /* "build:src-7.2.13-1", for kernel_remove_build() */
	uint64_t bytes;
};

/* Lists those folders; free() *@out and the specs in it. */
struct err *kernel_list_builds(const char *data_dir, struct build_entry **out, size_t *n)
	__must_check;

/* Removes the folder @spec. ERR_USAGE: there is none, or a running daxrig builds there. */
struct err *kernel_remove_build(const char *data_dir, const char *spec) __must_check;

#endif
