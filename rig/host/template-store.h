/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The folder CACHE/templates: KEY/ holds one template, KEY.lock says who uses it
 * (shared) or makes or removes it (alone). A template's file "complete" is written
 * last and names all others with their sizes and digests; the folder is made under another
 * name.
 */
#ifndef RIG_TEMPLATE_STORE_H
#define RIG_TEMPLATE_STORE_H

#include <time.h>

#include "base/digest.h"
#include "base/err.h"
#include "guests/archive/sha256.h"

#define TEMPLATE_FILES_MAX 16
#define TEMPLATE_MARK "complete"

/* What "complete" says. */
struct template_mark {
	char key[SHA256_HEX];
	struct {
		char name[24];
		struct digest digest;
	} files[TEMPLATE_FILES_MAX];
	size_t nr_files;
};

/* False when @text is no whole mark. Pure. */
bool template_mark_parse(const char *text, struct template_mark *out);

/* The mark as text, with @notes, whole lines for people, in it; free() it. Pure. */
char *template_mark_format(const struct template_mark *m, const char *notes);

/*
 * Marks the template in @folder, made of the files @names (NULL behind the last), as
 * complete, once all of it is on the disk.
 */
struct err *template_mark_write(const char *folder, const char *key, const char *notes,
				const char *const names[]) __must_check;

/*
 * NULL when @folder holds the whole template @key; else what is wrong with it. All of it is
 * read, which takes some 20 ms when it is in memory.
 */
struct err *template_check(const char *folder, const char *key) __must_check;

/* Gives the disk back what lies under runs of zeroes in the file @path. */
struct err *template_punch(const char *path) __must_check;

/*
 * Locks @path (created), @alone or shared with others. Waits for others as long as
 * @patience_ns, and no longer than until @cancel_fd is readable: ERR_TIMEOUT,
 * ERR_CANCELLED. Closing *@fd unlocks.
 */
struct err *template_lock(const char *path, bool alone, uint64_t patience_ns, int cancel_fd,
			  int *fd) __must_check;

/* Is @name the name of a template's folder? Pure. */
bool template_is_key(const char *name);

/* What lies in a store, half-made ones that a crash left included. */
struct template_entry {
	char *folder;
	char *lock;	      /* NULL: none that goes with it */
	char *kernel;	      /* its key; NULL: half-made or damaged */
	uint64_t bytes;	      /* on the disk */
	struct timespec used; /* last, by the clock on the wall; 0: never */
	bool busy;	      /* somebody used, made or removed it when it was listed */
};

/*
 * Lists @store, what was used longest ago first. Nothing there, or no such folder: 0.
 * template_list_free() *@out.
 */
size_t template_list(const char *store, struct template_entry **out);
void template_list_free(struct template_entry *v, size_t n);

/* Removes it unless somebody uses it, which @e need not know; true when it is gone. */
bool template_remove(const struct template_entry *e);

/* Removes what of @store nobody uses, the oldest first, down to @max bytes. */
void template_trim(const char *store, uint64_t max);

/* The same until its filesystem has @need bytes free; false when it has not even then. */
bool template_make_room(const char *store, uint64_t need);

/* Removes the locks that nobody holds of templates that are no more. */
void template_sweep_locks(const char *store);

#endif
