/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/code-runs.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/code-map.h"

#define BITS (8 * (uint64_t)CODE_MAP_BYTES)

struct runs {
	struct buf *out;
	uint64_t from; /* of the run, in bits */
	bool set;
};

static void add_number(struct buf *out, uint64_t n)
{
	for (; n > 0x7f; n >>= 7)
		buf_addc(out, (char)(0x80 | (n & 0x7f)));
	buf_addc(out, (char)n);
}

/* The byte at @at of the map is @byte. */
static void add_byte(struct runs *r, uint64_t at, uint8_t byte)
{
	if (byte == (r->set ? 0xff : 0))
		return;
	for (uint64_t bit = 8 * at; bit < 8 * at + 8; bit++) {
		if ((byte >> (bit % 8) & 1) == r->set)
			continue;
		add_number(r->out, bit - r->from);
		r->from = bit;
		r->set = !r->set;
	}
}

struct err *code_runs_read(int map, const char *path, struct buf *out)
{
	struct runs r = { out, 0, false };
	uint8_t bytes[PAGE];
	off_t at = 0;

	while ((at = lseek(map, at, SEEK_DATA)) >= 0) {
		ssize_t n;

		at -= at % (off_t)sizeof(bytes);
		n = pread(map, bytes, sizeof(bytes), at);
		if (n != sizeof(bytes))
			return err_errno(n < 0 ? errno : EIO, "cannot read '%s'", path);
		for (size_t i = 0; i < sizeof(bytes); i++)
			add_byte(&r, (uint64_t)at + i, bytes[i]);
		at += (off_t)sizeof(bytes);
		/* what follows is a hole */
		if (r.set && lseek(map, at, SEEK_DATA) != at)
			add_byte(&r, (uint64_t)at, 0);
	}
	return errno == ENXIO ? NULL : err_errno(errno, "cannot read '%s'", path);
}

/* Sets the bits from @from to @to. */
static void set(uint8_t *map, uint64_t from, uint64_t to)
{
	for (; from < to && from % 8; from++)
		map[from / 8] |= (uint8_t)(1u << (from % 8));
	memset(map + from / 8, 0xff, (size_t)((to - from) / 8));
	for (from += (to - from) / 8 * 8; from < to; from++)
		map[from / 8] |= (uint8_t)(1u << (from % 8));
}

bool code_runs_add(const void *data, size_t len, uint8_t *map)
{
	const uint8_t *p = data, *end = p + len;
	uint64_t at = 0;

	for (bool is_set = false; p < end; is_set = !is_set) {
		uint64_t n = 0;
		unsigned int shift = 0;

		for (; p < end && *p & 0x80 && shift < 35; p++, shift += 7)
			n |= (uint64_t)(*p & 0x7f) << shift;
		if (p == end || *p & 0x80)
			return false;
		n |= (uint64_t)*p++ << shift;
		if (n > BITS - at)
			return false;
		if (is_set)
			set(map, at, at + n);
		at += n;
	}
	return true;
}
