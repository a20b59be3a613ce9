/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A map of the kernel's code and its modules', a bit for each byte that ran: from CODE_MAP_FROM
 * to the end of the address space. As a file it is sparse: it takes a block for each 32 KiB of
 * code that ran. QEMUs that share it map it, so that a bit is there once it is set. Pure.
 */
#ifndef BASE_CODE_MAP_H
#define BASE_CODE_MAP_H

#include "base/arch.h"

#define CODE_MAP_FROM ARCH_CODE_FROM
#define CODE_MAP_BYTES ((size_t)((0 - CODE_MAP_FROM) / 8))

/* The byte of the map that has the bit of @addr, which is CODE_MAP_FROM or more; and that bit. */
static inline size_t code_map_byte(uint64_t addr)
{
	return (size_t)((addr - CODE_MAP_FROM) / 8);
}

static inline uint8_t code_map_bit(uint64_t addr)
{
	return (uint8_t)(1u << (addr % 8));
}

#endif
