/* SPDX-License-Identifier: GPL-2.0-only */
/* SHA-256, as lower-case hex. The owner of nettle. */
#ifndef GUESTS_SHA256_H
#define GUESTS_SHA256_H

#include <nettle/sha2.h>

#include "base/err.h"

#define SHA256_HEX (2 * SHA256_DIGEST_SIZE + 1)

struct sha256 {
	struct sha256_ctx ctx;
};

void sha256_start(struct sha256 *sha);
void sha256_add(struct sha256 *sha, const void *data, size_t len);

/* Adds @s and its terminating NUL, so that "ab","c" differs from "a","bc". */
void sha256_adds(struct sha256 *sha, const char *s);

/* Adds all bytes of a file. */
struct err *sha256_add_file(struct sha256 *sha, const char *path) __must_check;

/* The first 16 digits of the hash of @text, for use in a file's name; free() it. */
char *sha256_name(const char *text);

void sha256_end(struct sha256 *sha, char hex[static SHA256_HEX]);

#endif
