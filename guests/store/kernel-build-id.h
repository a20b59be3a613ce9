/* SPDX-License-Identifier: GPL-2.0-only */
/* The build id of a kernel, from the compressed vmlinux in its bzImage. */
#ifndef GUESTS_KERNEL_BUILD_ID_H
#define GUESTS_KERNEL_BUILD_ID_H

#include "base/err.h"

/* *@hex is as eu-unstrip and debuginfod write it; free() it. Takes a second or two. */
struct err *kernel_build_id(const char *image, char **hex) __must_check;

/* The GNU build id in the notes of a 64-bit ELF file; NULL: none; free() it. Pure. */
char *kernel_elf_build_id(const void *data, size_t len);

#endif
