/* SPDX-License-Identifier: GPL-2.0-only */
/* Adds folders to the kernel store (kernel.h): completely, or not at all. */
#ifndef GUESTS_KERNEL_STORE_H
#define GUESTS_KERNEL_STORE_H

#include "base/err.h"
#include "base/progress.h"

/*
 * Removes what killed runs left in @store, and makes an empty folder there for @key.
 * *@tmp is its path, free() it. End with store_commit() or store_abort().
 */
struct err *store_begin(const char *store, const char *key, char **tmp) __must_check;

/*
 * Writes the digests of the folder's files (digests.h), and renames the folder to @store/@key,
 * in place of an existing one. After a failure call store_abort(). store_commit_plain() writes
 * no digests: it is for source, which is too large to be read again.
 */
struct err *store_commit(const char *store, const char *key, const char *tmp) __must_check;
struct err *store_commit_plain(const char *store, const char *key, const char *tmp) __must_check;
void store_abort(const char *tmp);

/* Removes incomplete folders of killed runs from @store. */
void store_sweep(const char *store);

/*
 * Protects the folder @path from store_remove() until *@fd is closed; *@fd is -1 if there is
 * no such folder.
 */
struct err *store_hold(const char *path, int *fd) __must_check;

/*
 * Keeps other daxrigs from making @store/@key until *@fd is closed. Waits for another one that
 * makes it, and reports that to @say; the folder may then exist. *@fd is -1 after an error.
 */
struct err *store_lock(const char *store, const char *key, const struct progress *say, int *fd)
	__must_check;

/* The same, but does not wait: ERR_USAGE with @why if another daxrig makes it. */
struct err *store_try_lock(const char *store, const char *key, const char *why, int *fd)
	__must_check;

/* The folders of a store, by name. */
struct store_keys {
	char **v;
	size_t n;
};

/*
 * Lists the folders of @store, none if it does not exist. Leaves out names that begin with a
 * dot: incomplete folders, and the answers for floating specs. Deinit *@out, in any case.
 */
struct err *store_list(const char *store, struct store_keys *out) __must_check;
void store_keys_deinit(struct store_keys *keys);
#define _cleanup_store_keys_ _cleanup_(store_keys_deinit)

/* Does @store have the folder @key? A link is none. */
bool store_has(const char *store, const char *key);

/* Removes @store/@key. ERR_USAGE: it does not exist, or a daxrig holds it. */
struct err *store_remove(const char *store, const char *key) __must_check;

/*
 * Stores, and returns, what a floating spec meant. The caller frees *@answer, which is
 * NULL if nothing is stored; *@fresh says whether it is less than a day old.
 */
struct err *store_remember(const char *store, const char *spec, const char *answer) __must_check;
void store_recall(const char *store, const char *spec, char **answer, bool *fresh);

/* Creates @dir if necessary. ERR_INFRA: it has less room than @wanted bytes. */
struct err *store_room(const char *dir, uint64_t wanted) __must_check;

#endif
