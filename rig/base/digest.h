/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Has a file changed? The owner of libxxhash, which is fast but does not protect against
 * deliberate changes. For the host only: the agent is not linked to it.
 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <inttypes.h>

#include "base/err.h"

struct digest {
	uint64_t size; /* bytes, holes counted */
	uint64_t sum;
};

/* The written form of a digest: "8247232 00f1e2d3c4b5a697". */
#define DIGEST_FMT "%" PRIu64 " %016" PRIx64

/*
 * Reads a digest from the beginning of @text and sets *@end to what follows it. Returns
 * false and changes nothing if there is none. Pure.
 */
bool digest_parse(const char *text, struct digest *out, const char **end);

/*
 * The digest of the contents of the regular file @path (not a link). Holes are not read and
 * count as zeroes, so the digest does not depend on where the filesystem has holes. Takes
 * about 0.1 s for each 0.5 GiB that is in the page cache.
 */
struct err *digest_file(const char *path, struct digest *out) __must_check;

/* The same of the file open as @fd; @path is for messages. */
struct err *digest_fd(int fd, const char *path, struct digest *out) __must_check;

/*
 * Returns NULL if the file has the digest @want, else what is wrong with it. A file of
 * another size is not read.
 */
struct err *digest_check(const char *path, const struct digest *want) __must_check;
struct err *digest_check_fd(int fd, const char *path, const struct digest *want) __must_check;

/* The digest of @len bytes. Pure. */
struct digest digest_bytes(const void *data, size_t len);

#endif
