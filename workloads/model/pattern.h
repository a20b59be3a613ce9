/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bytes daxrig writes. Every aligned 8-byte word encodes who wrote it, when and
 * for which offset, so a wrong word shows where it came from. Pure, except for the
 * number of the case, which a program sets once.
 *
 *   origin 8 bits | generation 16 bits | case 8 bits | (offset / 8) 32 bits
 *
 * Origin 0 is never written: a word of zeroes is a hole, a punched range or a
 * fresh block. 1..126 are files, 127 what a 'mkfs' writes to its filesystem, 128..254 the DMA engines of
 * pins, 255 is what the disk held before any case. A guest runs many cases, and each makes its filesystem on
 * the bytes that earlier cases left: the case number tells them from its own.
 */
#ifndef WORKLOADS_PATTERN_H
#define WORKLOADS_PATTERN_H

#include "base/buf.h"

#define ORIGIN_NEXT 127u
#define ORIGIN_PIN 128u
#define ORIGIN_STALE 255u

/* The number of the case in its guest, from 1; 0 on the host, and for ORIGIN_STALE. */
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

/* Whether the word was on the disk before this case: no file may show it. */
static inline bool pattern_is_stale(uint64_t word)
{
	unsigned int origin = pattern_origin(word);

	return origin == ORIGIN_STALE || (origin && (uint8_t)(word >> 32) != pattern_case);
}

/* Fills @dst with the @len bytes of @origin at offset @off; any alignment. */
void pattern_fill(void *dst, size_t len, unsigned int origin, unsigned int gen, uint64_t off);

#endif
