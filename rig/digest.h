/* SPDX-License-Identifier: GPL-2.0-only */
/* Has a large file changed? The owner of libxxhash: fast, and no proof against malice. */
#ifndef RIG_DIGEST_H
#define RIG_DIGEST_H

#include "base/err.h"

/*
 * The digest of what the file @path (no link) holds. Holes are not read and count as the
 * zeroes they are, so that it does not matter where a filesystem has them. About 0.1 s
 * for each 0.5 GiB that is in memory.
 */
struct err *digest_file(const char *path, uint64_t *out) __must_check;

#endif
