/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The folder CACHE/templates: KEY/ holds one template. KEY.lock is held shared by a user of
 * the template, exclusive by whoever makes or removes it. A template is made in a folder of
 * another name. Its file "complete" is written last and names all other files with their
 * sizes and digests.
 */
#ifndef RIG_TEMPLATE_STORE_H
#define RIG_TEMPLATE_STORE_H

#include <time.h>

#include "base/digest.h"
#include "base/err.h"
#include "guests/archive/sha256.h"

#define TEMPLATE_FILES_MAX 16
#define TEMPLATE_MARK "complete"

/* The content of "complete". */
struct template_mark {
	char key[SHA256_HEX];
	struct {
		char name[24];
		struct digest digest;
	} files[TEMPLATE_FILES_MAX];
	size_t nr_files;
};

/* Returns false when @text is not a complete mark. Pure. */
bool template_mark_parse(const char *text, struct template_mark *out);

/* The mark as text; free() it. It includes @notes, whole lines for people. Pure. */
char *template_mark_format(const struct template_mark *m, const char *notes);

/*
 * Flushes the files @names (NULL after the last) of the template in @folder to the disk, then
 * marks it as complete.
 */
struct err *template_mark_write(const char *folder, const char *key, const char *notes,
				const char *const names[]) __must_check;

/*
 * NULL when @folder holds the complete template @key, else an error that says what is wrong.
 * Reads all of it, which takes some 20 ms when it is in the page cache.
 */
struct err *template_check(const char *folder, const char *key) __must_check;

/* Punches holes where the file @path holds long runs of zeroes. */
struct err *template_punch(const char *path) __must_check;

/*
 * Locks @path (created), exclusive when @alone, else shared. Waits for other holders at most
 * @patience_ns (ERR_TIMEOUT) or until @cancel_fd is readable (ERR_CANCELLED). Closing *@fd
 * unlocks.
 */
struct err *template_lock(const char *path, bool alone, uint64_t patience_ns, int cancel_fd,
			  int *fd) __must_check;

/* Is @name the name of a template's folder? Pure. */
bool template_is_key(const char *name);

/* One template in a store; half-made ones that a crash left are included. */
struct template_entry {
	char *folder;
	char *lock;	      /* path of its lock; NULL: it has none */
	char *kernel;	      /* its key; NULL: half-made or damaged */
	uint64_t bytes;	      /* on the disk */
	struct timespec used; /* last use, wall clock; 0: never */
	bool busy;	      /* its lock was held when it was listed */
};

/*
 * Lists @store, least recently used first, and returns the number; 0 when the store is empty
 * or missing. template_list_free() *@out.
 */
size_t template_list(const char *store, struct template_entry **out);
void template_list_free(struct template_entry *v, size_t n);

/* Removes the template unless its lock is held now; true when it is gone. */
bool template_remove(const struct template_entry *e);

/* Removes unused templates of @store, least recently used first, down to @max bytes in all. */
void template_trim(const char *store, uint64_t max);

/* The same until its filesystem has @need bytes free; false when that did not suffice. */
bool template_make_room(const char *store, uint64_t need);

/* Removes lock files that nobody holds and whose template is gone. */
void template_sweep_locks(const char *store);

#endif
