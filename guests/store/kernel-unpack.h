/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel that is in a bzImage: an ELF file, compressed by gzip, xz, zstd or lz4. */
#ifndef GUESTS_KERNEL_UNPACK_H
#define GUESTS_KERNEL_UNPACK_H

#include "base/buf.h"
#include "base/err.h"

/* Adds the kernel in the bzImage @image, a path, to @out. The error does not name the file. */
struct err *kernel_unpack(const char *image, struct buf *out) __must_check;

/*
 * Finds the segment with the code in the ELF file @data: *@at bytes from its begin, *@size bytes
 * long, in memory at *@addr. False: there is none. Pure.
 */
bool kernel_elf_code(const void *data, size_t len, size_t *at, size_t *size, uint64_t *addr);

#endif
