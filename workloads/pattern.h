/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bytes daxrig writes. Every aligned 8-byte word says who wrote it, when and
 * for which place, so that a wrong byte tells where it came from. Pure.
 *
 *   origin 8 bits | generation 16 bits | (offset / 8) 40 bits
 *
 * Origin 0 is never written: a word of zeroes is a hole, a punched range or a
 * fresh block. 1..127 are files, 128..254 the DMA engines of pins, 255 the
 * refill files that take freed blocks.
 */
#ifndef WORKLOADS_PATTERN_H
#define WORKLOADS_PATTERN_H

#include "base/buf.h"

#define ORIGIN_PIN 128u
#define ORIGIN_REFILL 255u

static inline uint64_t pattern_word(unsigned int origin, unsigned int gen, uint64_t off)
{
	return (uint64_t)(origin & 0xff) << 56 | (uint64_t)(gen & 0xffff) << 40 |
	       (off / 8 & 0xffffffffffull);
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
	return (word & 0xffffffffffull) * 8;
}

/* Fills @len bytes at @dst as they stand at @off of @origin; any alignment. */
void pattern_fill(void *dst, size_t len, unsigned int origin, unsigned int gen,
		  uint64_t off);

#endif
