/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/archive/bzimage.h"

#include <string.h>

/* Offsets of Documentation/arch/x86/boot.rst, "The Real-Mode Kernel Header". */
enum {
	BZ_SETUP_SECTS = 0x1f1,
	BZ_BOOT_FLAG = 0x1fe,
	BZ_MAGIC = 0x202,
	BZ_VERSION = 0x206,
	BZ_KERNEL_VERSION = 0x20e,
	BZ_LOADFLAGS = 0x211,
	BZ_PAYLOAD_OFFSET = 0x248,
	BZ_PAYLOAD_LENGTH = 0x24c,
	BZ_HEADER_END = 0x268,
	BZ_STRING_BASE = 0x200,
};

#define BZ_LOADED_HIGH 1
#define SECTOR 512
#define LENGTH_BEHIND 4 /* bytes after each payload but gzip's: the unpacked size */

static unsigned int le16(const uint8_t *p)
{
	return p[0] | (unsigned int)p[1] << 8;
}

static uint32_t le32(const uint8_t *p)
{
	return le16(p) | (uint32_t)le16(p + 2) << 16;
}

static bool release_char(uint8_t c)
{
	return c > ' ' && c < 0x7f && c != '/';
}

const char *bzimage_check(const void *data, size_t len, char release[static BZIMAGE_RELEASE_MAX])
{
	const uint8_t *p = data;
	size_t at, n = 0;

	release[0] = '\0';
	if (len < BZ_HEADER_END)
		return "it is too short";
	if (le16(p + BZ_BOOT_FLAG) != 0xaa55)
		return "the boot flag is missing";
	if (memcmp(p + BZ_MAGIC, "HdrS", 4))
		return "the 'HdrS' magic is missing";
	if (le16(p + BZ_VERSION) < 0x0200 || !(p[BZ_LOADFLAGS] & BZ_LOADED_HIGH))
		return "its boot protocol is too old";
	at = le16(p + BZ_KERNEL_VERSION);
	if (!at)
		return "it does not name its release";
	at += BZ_STRING_BASE;
	while (at + n < len && n < BZIMAGE_RELEASE_MAX && release_char(p[at + n]))
		n++;
	if (!n || at + n >= len || n == BZIMAGE_RELEASE_MAX)
		return "its release string is broken";
	memcpy(release, p + at, n);
	release[n] = '\0';
	return NULL;
}

bool bzimage_payload(const void *data, size_t len, size_t *offset, size_t *size)
{
	const uint8_t *p = data;
	uint32_t n;

	if (len < BZ_HEADER_END)
		return false;
	n = le32(p + BZ_PAYLOAD_LENGTH);
	/* 0 sectors means four. */
	*offset = ((p[BZ_SETUP_SECTS] ? p[BZ_SETUP_SECTS] : 4u) + 1) * SECTOR +
		  (size_t)le32(p + BZ_PAYLOAD_OFFSET);
	if (le16(p + BZ_VERSION) < 0x208 || n <= LENGTH_BEHIND || *offset > len ||
	    n > len - *offset)
		return false;
	*size = n - (memcmp(p + *offset, "\x1f\x8b", 2) ? LENGTH_BEHIND : 0);
	return true;
}
