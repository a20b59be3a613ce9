/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Has a file changed? The owner of libxxhash: fast, and no proof against malice. For the
 * host alone: the agent is not linked to it.
 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <inttypes.h>

#include "base/err.h"

struct digest {
	uint64_t size; /* bytes, holes counted */
	uint64_t sum;
};

/* As digests are written down: "8247232 00f1e2d3c4b5a697". */
#define DIGEST_FMT "%" PRIu64 " %016" PRIx64

/*
 * Reads one from the beginning of @text; *@end is behind it. False, and nothing is changed,
 * when there is none. Pure.
 */
bool digest_parse(const char *text, struct digest *out, const char **end);

/*
 * The digest of what the regular file @path (no link) holds. Holes are not read and count
 * as the zeroes they are, so that it does not matter where a filesystem has them. About
 * 0.1 s for each 0.5 GiB that is in memory.
 */
struct err *digest_file(const char *path, struct digest *out) __must_check;

/* The same of the file open as @fd; @path is for messages. */
struct err *digest_fd(int fd, const char *path, struct digest *out) __must_check;

/*
 * NULL when the file has the digest @want; else what is wrong with it. One of another size
 * is not read.
 */
struct err *digest_check(const char *path, const struct digest *want) __must_check;
struct err *digest_check_fd(int fd, const char *path, const struct digest *want) __must_check;

#endif
