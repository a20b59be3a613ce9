/* SPDX-License-Identifier: GPL-2.0-only */
/* Archives in and out. The owner of libarchive. */
#ifndef GUESTS_ARCHIVE_IO_H
#define GUESTS_ARCHIVE_IO_H

#include "base/buf.h"
#include "base/err.h"
#include "guests/archive/pack.h"

/*
 * Says where a file of a package goes, by its path there without a leading "./":
 * a path below the target folder that the caller frees, NULL to leave it out.
 */
typedef char *deb_place_fn(const char *entry);

/*
 * Extracts the regular files of the Debian package @deb that @place wants to @dir,
 * making the folders they need. Links and devices are left out, as is a path with
 * a ".." in it. On an error what was written stays there.
 */
struct err *deb_extract(const char *deb, const char *dir, deb_place_fn *place) __must_check;

/* Adds the bytes of a file to @out, decompressed if it is compressed; at most @max. */
struct err *file_read_unpacked(const char *path, size_t max, struct buf *out) __must_check;

/*
 * Writes @pack, in its order, as a newc cpio under zstd, the form of an initramfs.
 * On an error the file is removed.
 */
struct err *cpio_write(const struct pack *pack, const char *path) __must_check;

/* "3.6.2", static. */
const char *archive_io_version(void);

#endif
