/* SPDX-License-Identifier: GPL-2.0-only */
/* How folders get into the kernel store (kernel.h): whole, or not at all. */
#ifndef GUESTS_KERNEL_STORE_H
#define GUESTS_KERNEL_STORE_H

#include <stdint.h>

#include "base/err.h"
#include "base/progress.h"

/*
 * Removes what killed runs left in @store, and makes an empty folder there for @key.
 * *@tmp is its path, free() it; store_commit() or store_abort() it.
 */
struct err *store_begin(const char *store, const char *key, char **tmp) __must_check;

/*
 * Notes the digests of the folder's files (digests.h), and gives it its name, @store/@key, in
 * place of one that may be there. A failure leaves it to store_abort(). The plain one leaves
 * out the digests: for source, of which there is too much to be read again.
 */
struct err *store_commit(const char *store, const char *key, const char *tmp) __must_check;
struct err *store_commit_plain(const char *store, const char *key, const char *tmp) __must_check;
void store_abort(const char *tmp);

/* Removes what killed runs left half-made in @store. */
void store_sweep(const char *store);

/*
 * Keeps the folder @path from store_remove() until *@fd is closed; *@fd is -1 when it is
 * not there.
 */
struct err *store_hold(const char *path, int *fd) __must_check;

/*
 * Keeps other daxrigs from making @store/@key until *@fd is closed. One that is at it is
 * waited for, which @say is told; then it may be there. *@fd is -1 after an error.
 */
struct err *store_lock(const char *store, const char *key, const struct progress *say, int *fd)
	__must_check;

/* As that, but does not wait: ERR_USAGE with @why when another one is at it. */
struct err *store_try_lock(const char *store, const char *key, const char *why, int *fd)
	__must_check;

/* Removes @store/@key; ERR_USAGE when it is not there or somebody holds it. */
struct err *store_remove(const char *store, const char *key) __must_check;

/*
 * Remembers, and tells, what a floating spec meant: *@answer is free()d by the
 * caller, NULL when nothing is remembered; *@fresh says it is younger than a day.
 */
struct err *store_remember(const char *store, const char *spec, const char *answer) __must_check;
void store_recall(const char *store, const char *spec, char **answer, bool *fresh);

/* Forgets what meant @answer. */
void store_forget(const char *store, const char *answer);

/* ERR_INFRA unless @dir, which is created, has @wanted bytes of room. */
struct err *store_room(const char *dir, uint64_t wanted) __must_check;

#endif
