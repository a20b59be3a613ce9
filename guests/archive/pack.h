/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The list of an archive's entries, by path. Adding to the list reads no file; the
 * sources are read when the list is hashed or written (archive-io.h).
 */
#ifndef GUESTS_PACK_H
#define GUESTS_PACK_H

#include <sys/types.h>

#include "base/err.h"
#include "guests/archive/sha256.h"

enum pack_kind {
	PACK_DIR,
	PACK_FILE,     /* the bytes of the file @src */
	PACK_UNPACKED, /* the same, decompressed if it is .xz, .zst or .gz */
	PACK_BYTES,    /* the string @src */
	PACK_LINK,     /* a symbolic link to @src */
	PACK_CHAR,     /* a character device */
};

struct pack_entry {
	char *path; /* without a leading '/' */
	char *src;
	enum pack_kind kind;
	unsigned int mode; /* permission bits */
	dev_t dev;	   /* PACK_CHAR */
};

struct pack {
	struct pack_entry *items;
	size_t count;
};

void pack_deinit(struct pack *pack);
#define _cleanup_pack_ _cleanup_(pack_deinit)

/*
 * Adds an entry and the folders above it. A path that the list already has stays as it
 * is. A leading '/' of @path is dropped. @src is copied; NULL for none.
 */
void pack_add(struct pack *pack, enum pack_kind kind, const char *path, const char *src,
	      unsigned int mode);
void pack_add_char(struct pack *pack, const char *path, unsigned int mode, dev_t dev);

const struct pack_entry *pack_find(const struct pack *pack, const char *path);

/* Sorts the entries by path, so that folders come before their contents. */
void pack_sort(struct pack *pack);

/*
 * Adds the list to @sha: with @by_content the bytes of each source; else only its name,
 * inode, size and ctime, which is quick, and changes whenever the bytes change.
 */
struct err *pack_hash(const struct pack *pack, struct sha256 *sha, bool by_content) __must_check;

#endif
