/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/archive/sha256.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"

void sha256_start(struct sha256 *sha)
{
	sha256_init(&sha->ctx);
}

void sha256_add(struct sha256 *sha, const void *data, size_t len)
{
	sha256_update(&sha->ctx, len, data);
}

void sha256_adds(struct sha256 *sha, const char *s)
{
	sha256_add(sha, s, strlen(s) + 1);
}

struct err *sha256_add_file(struct sha256 *sha, const char *path)
{
	_cleanup_close_ int fd = -1;
	struct err *err = file_open(path, &fd);
	static _Thread_local char chunk[1 << 18];
	ssize_t n;

	if (err)
		return err;
	while ((n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(errno, "cannot read '%s'", path);
		sha256_add(sha, chunk, (size_t)n);
	}
	return NULL;
}

void sha256_end(struct sha256 *sha, char hex[static SHA256_HEX])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t raw[SHA256_DIGEST_SIZE];

	sha256_digest(&sha->ctx, sizeof(raw), raw);
	for (size_t i = 0; i < sizeof(raw); i++) {
		hex[2 * i] = digits[raw[i] >> 4];
		hex[2 * i + 1] = digits[raw[i] & 15];
	}
	hex[2 * sizeof(raw)] = '\0';
}

char *sha256_name(const char *text)
{
	char hex[SHA256_HEX];
	struct sha256 sha;

	sha256_start(&sha);
	sha256_adds(&sha, text);
	sha256_end(&sha, hex);
	return xstrndup(hex, 16);
}
