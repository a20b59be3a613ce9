/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bytes daxrig writes. Every aligned 8-byte word says who wrote it, when and
 * for which place, so that a wrong byte tells where it came from. Pure, but for the
 * number of the case, which a program says once.
 *
 *   origin 8 bits | generation 16 bits | case 8 bits | (offset / 8) 32 bits
 *
 * Origin 0 is never written: a word of zeroes is a hole, a punched range or a
 * fresh block. 1..127 are files, 128..254 the DMA engines of pins, 255 is what the
 * disk held before any case. A guest serves many cases, each makes its filesystem on
 * what those before left: the case tells their bytes from its own.
 */
#ifndef WORKLOADS_PATTERN_H
#define WORKLOADS_PATTERN_H

#include "base/buf.h"

#define ORIGIN_PIN 128u
#define ORIGIN_STALE 255u

/* Of the case among those of its guest, from 1; 0 on the host, and for ORIGIN_STALE. */
extern uint8_t pattern_case;

static inline uint64_t pattern_word(unsigned int origin, unsigned int gen, uint64_t off)
{
	return (uint64_t)(origin & 0xff) << 56 | (uint64_t)(gen & 0xffff) << 40 |
	       (uint64_t)pattern_case << 32 | (off / 8 & 0xffffffff);
}

static inline unsigned int pattern_origin(uint64_t word)
{
	return (unsigned int)(word >> 56);
}

static inline unsigned int pattern_gen(uint64_t word)
{
	return (unsigned int)(word >> 40) & 0xffff;
}

static inline uint64_t pattern_off(uint64_t word)
{
	return (word & 0xffffffff) * 8;
}

/* What lay on the disk before this case: nobody may see it. */
static inline bool pattern_is_stale(uint64_t word)
{
	unsigned int origin = pattern_origin(word);

	return origin == ORIGIN_STALE || (origin && (uint8_t)(word >> 32) != pattern_case);
}

/* Fills @len bytes at @dst as they stand at @off of @origin; any alignment. */
void pattern_fill(void *dst, size_t len, unsigned int origin, unsigned int gen, uint64_t off);

#endif
