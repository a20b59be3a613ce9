/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/model/pattern.h"

#include <string.h>

uint8_t pattern_case;

void pattern_fill(void *dst, size_t len, unsigned int origin, unsigned int gen, uint64_t off)
{
	uint8_t *p = dst;

	while (len) {
		uint64_t word = pattern_word(origin, gen, off);
		size_t skip = off % 8;
		size_t n = MIN(8 - skip, len);

		memcpy(p, (uint8_t *)&word + skip, n);
		p += n;
		off += n;
		len -= n;
	}
}
