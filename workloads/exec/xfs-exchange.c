/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * XFS exchanges ranges only if a bit of its superblock allows it, and the installed mkfs and
 * fsck may be older than the bit. So set it just before a mount, and clear it for the fsck:
 * a cleanly unmounted filesystem is the same without it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "workloads/exec/fs.h"

#define SUPER 4096u	 /* bytes read and written; the superblock is its first sector */
#define SECTSIZE_AT 102u /* big-endian, as all but the checksum */
#define INCOMPAT_AT 216u
#define CRC_AT 224u
#define INCOMPAT_EXCHANGE (1u << 6)

static uint32_t crc32c(uint32_t crc, const uint8_t *p, size_t len)
{
	while (len--) {
		crc ^= *p++;
		for (int i = 0; i < 8; i++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0);
	}
	return crc;
}

static uint32_t checksum(const uint8_t *super, size_t size)
{
	static const uint8_t nothing[4];
	uint32_t crc = crc32c(~0u, super, CRC_AT);

	crc = crc32c(crc, nothing, sizeof(nothing));
	return ~crc32c(crc, super + CRC_AT + 4, size - CRC_AT - 4);
}

/* False when it is no valid superblock; mount and fsck judge that. */
static bool set_bit(uint8_t *super, bool on)
{
	size_t size = (size_t)super[SECTSIZE_AT] << 8 | super[SECTSIZE_AT + 1];
	uint32_t crc;

	memcpy(&crc, super + CRC_AT, sizeof(crc));
	if (memcmp(super, "XFSB", 4) || size < 512 || size > SUPER || crc != checksum(super, size))
		return false;
	if (on)
		super[INCOMPAT_AT + 3] |= INCOMPAT_EXCHANGE;
	else
		super[INCOMPAT_AT + 3] &= (uint8_t)~INCOMPAT_EXCHANGE;
	crc = checksum(super, size);
	memcpy(super + CRC_AT, &crc, sizeof(crc));
	return true;
}

void exec_xfs_exchange(const struct exec *x, bool on)
{
	const struct guest_facts *g = x->ctx->guest;
	uint8_t *super;
	int fd;

	if (!exec_wants_exchange(x) || g->kernel_major < 6 ||
	    (g->kernel_major == 6 && g->kernel_minor < 10))
		return;
	/* O_DIRECT: bypass the page cache, as the filesystem does */
	fd = open(g->pmem, O_RDWR | O_DIRECT | O_CLOEXEC);
	super = fd < 0 ? NULL : aligned_alloc(SUPER, SUPER);
	if (super && pread(fd, super, SUPER, 0) == SUPER && set_bit(super, on) &&
	    pwrite(fd, super, SUPER, 0) == SUPER)
		fsync(fd);
	free(super);
	if (fd >= 0)
		close(fd);
}

bool exec_wants_exchange(const struct exec *x)
{
	return x->s && (x->s->needs & FILESYSTEM_EXCHANGE) &&
	       (x->ctx->fs->features & FILESYSTEM_EXCHANGE);
}
