/* SPDX-License-Identifier: GPL-2.0-only */
/* The x86 boot header of a kernel image. Pure. */
#ifndef GUESTS_BZIMAGE_H
#define GUESTS_BZIMAGE_H

#include "base/util.h"

/* Header and release string lie within this many bytes from the start. */
#define BZIMAGE_HEAD (64 << 10)

#define BZIMAGE_RELEASE_MAX 128

/*
 * Looks at the first @len bytes of a file. Returns NULL if they begin a bzImage, with the
 * release (as of uname -r) in @release; else the reason why they do not, a constant.
 */
const char *bzimage_check(const void *data, size_t len, char release[static BZIMAGE_RELEASE_MAX]);

/*
 * Finds the compressed kernel in the bzImage @data. False if its header does not name the
 * place, or the place is not within @len bytes.
 */
bool bzimage_payload(const void *data, size_t len, size_t *offset, size_t *size);

#endif
