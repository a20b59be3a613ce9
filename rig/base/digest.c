/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

/* Fits a processor's cache: the bytes read are still cached when they are digested. */
#define BLOCK 65536
#define SUM_DIGITS 16

static bool is_zero(const char *data, size_t len)
{
	return !data[0] && !memcmp(data, data + 1, len - 1);
}

/* The length of the block at @at, cut at the end of the file; 0: no block there. */
static ssize_t read_block(int fd, char *block, off_t at)
{
	ssize_t have = 0, n;

	while (have < BLOCK && (n = pread(fd, block + have, (size_t)(BLOCK - have), at + have))) {
		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0)
			have += n;
	}
	return have;
}

/* Digests the blocks of [@from, @to), from a block's start. Returns where it ended; -1: errno. */
static off_t add_blocks(int fd, char *block, off_t from, off_t to, XXH3_state_t *state)
{
	off_t at = from;

	while (at < to) {
		ssize_t n = read_block(fd, block, at);

		if (n < 0)
			return -1;
		if (n == 0)
			break;
		if (!is_zero(block, (size_t)n)) {
			XXH3_64bits_update(state, &at, sizeof(at));
			XXH3_64bits_update(state, block, (size_t)n);
		}
		at += BLOCK;
	}
	return at;
}

static bool add_data(int fd, off_t size, XXH3_state_t *state)
{
	_cleanup_free_ char *block = xcalloc(1, BLOCK);
	off_t at = 0;

	XXH3_64bits_update(state, &size, sizeof(size));
	while (at < size) {
		off_t data = lseek(fd, at, SEEK_DATA), hole;

		if (data < 0)
			return errno == ENXIO;
		hole = lseek(fd, data, SEEK_HOLE);
		if (hole < 0)
			return false;
		at = add_blocks(fd, block, MAX(at, data - data % BLOCK), hole, state);
		if (at < 0)
			return false;
	}
	return true;
}

static struct err *regular_size(int fd, const char *path, uint64_t *size)
{
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return err_errno(errno, "cannot read '%s'", path);
	if (!S_ISREG(st.st_mode))
		return err_create(ERR_INFRA, "'%s' is not a regular file", path);
	*size = (uint64_t)st.st_size;
	return NULL;
}

/* Never blocks on a FIFO or device, and follows no link. */
static int open_file(const char *path)
{
	return open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
}

struct err *digest_fd(int fd, const char *path, struct digest *out)
{
	struct err *err = regular_size(fd, path, &out->size);
	XXH3_state_t *state;

	if (err)
		return err;
	state = XXH3_createState();
	if (!state)
		return err_create(ERR_INFRA, "cannot read '%s': out of memory", path);
	XXH3_64bits_reset(state);
	if (!add_data(fd, (off_t)out->size, state))
		err = err_errno(errno, "cannot read '%s'", path);
	out->sum = XXH3_64bits_digest(state);
	XXH3_freeState(state);
	return err;
}

struct err *digest_file(const char *path, struct digest *out)
{
	_cleanup_close_ int fd = open_file(path);

	return digest_fd(fd, path, out);
}

struct err *digest_check_fd(int fd, const char *path, const struct digest *want)
{
	struct digest is = { 0 };
	struct err *err = regular_size(fd, path, &is.size);

	if (!err && is.size != want->size)
		err = err_create(ERR_INFRA, "'%s' is not a file of %" PRIu64 " bytes", path,
				 want->size);
	if (!err)
		err = digest_fd(fd, path, &is);
	if (!err && (is.size != want->size || is.sum != want->sum))
		err = err_create(ERR_INFRA, "'%s' was changed", path);
	return err;
}

struct err *digest_check(const char *path, const struct digest *want)
{
	_cleanup_close_ int fd = open_file(path);

	return digest_check_fd(fd, path, want);
}

bool digest_parse(const char *text, struct digest *out, const char **end)
{
	size_t n = strspn(text, "0123456789");

	if (!n || n > 19 || text[n] != ' ' ||
	    strspn(text + n + 1, "0123456789abcdef") != SUM_DIGITS)
		return false;
	out->size = strtoull(text, NULL, 10);
	out->sum = strtoull(text + n + 1, NULL, 16);
	*end = text + n + 1 + SUM_DIGITS;
	return true;
}

struct digest digest_bytes(const void *data, size_t len)
{
	return (struct digest){ .size = len, .sum = XXH3_64bits(data, len) };
}
