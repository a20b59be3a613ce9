/* SPDX-License-Identifier: GPL-2.0-only */
#include "digest.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

/* Fits a processor's cache: what is read is still there when it is looked at. */
#define BLOCK 65536

static bool is_zero(const char *data, size_t len)
{
	return !data[0] && !memcmp(data, data + 1, len - 1);
}

/* The block at @at, cut off where the file ends; 0: there is none. */
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

/* The blocks of [@from, @to), from the start of one on; where it ended. -1: errno. */
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

struct err *digest_file(const char *path, uint64_t *out)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
	XXH3_state_t *state;
	struct err *err = NULL;

	if (size < 0)
		return err_errno(errno, "cannot read '%s'", path);
	state = XXH3_createState();
	if (!state)
		return err_create(ERR_INFRA, "cannot read '%s': out of memory", path);
	XXH3_64bits_reset(state);
	if (!add_data(fd, size, state))
		err = err_errno(errno, "cannot read '%s'", path);
	*out = XXH3_64bits_digest(state);
	XXH3_freeState(state);
	return err;
}
