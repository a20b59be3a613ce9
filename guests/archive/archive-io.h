/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading and writing archives. The owner of libarchive. */
#ifndef GUESTS_ARCHIVE_IO_H
#define GUESTS_ARCHIVE_IO_H

#include "base/buf.h"
#include "base/err.h"
#include "guests/archive/pack.h"

/*
 * Decides where a file of a package goes. @entry is its path in the package, without a
 * leading "./". Returns a path below the target folder, which the caller frees, or NULL to
 * leave the file out.
 */
typedef char *deb_place_fn(const char *entry);

/*
 * Extracts the regular files of the Debian package @deb that @place accepts to @dir,
 * and makes the folders they need. Links, devices and paths with a ".." are left out.
 * After an error the files already written stay.
 */
struct err *deb_extract(const char *deb, const char *dir, deb_place_fn *place) __must_check;

/* Adds the bytes of a file, decompressed if necessary, to @out; more than @max are an error. */
struct err *file_read_unpacked(const char *path, size_t max, struct buf *out) __must_check;

/*
 * Writes @pack, in its order, as a newc cpio compressed by zstd: an initramfs.
 * After an error the file is removed.
 */
struct err *cpio_write(const struct pack *pack, const char *path) __must_check;

/*
 * Writes the files and folders below DIR/NAME, for each of @names (NULL after the last), as a
 * tar archive compressed by zstd, on the disk when this returns. A name that does not exist is
 * left out, and so are links and devices. After an error the archive is removed.
 */
struct err *tree_pack(const char *dir, const char *const names[], const char *path) __must_check;

/* Extracts the regular files of such an archive to @dir, with the folders that they need. */
struct err *tree_unpack(const char *path, const char *dir) __must_check;

/*
 * Adds the bytes of the first file of such an archive to @out, of any name: what is after it is not
 * read. ERR_USAGE, in one line, when @path is no such archive, is damaged, or begins with anything
 * else or with more than @max bytes.
 */
struct err *tree_read_first(const char *path, size_t max, struct buf *out) __must_check;

/* libarchive's version, "3.6.2"; static. */
const char *archive_io_version(void);

#endif
